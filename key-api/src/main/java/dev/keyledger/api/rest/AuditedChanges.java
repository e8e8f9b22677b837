package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.audit.Outcome;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Changes made through {@code /v1}: the change and the request's audit record commit together or not at all. Thread-safe. */
@Component
class AuditedChanges {

    private final TransactionTemplate transaction;
    private final AuditRecords audit;

    AuditedChanges(PlatformTransactionManager transactions, AuditRecords audit) {
        this.transaction = new TransactionTemplate(transactions);
        this.audit = audit;
    }

    /**
     * Makes the change.
     *
     * @param change joins the transaction; what it throws undoes everything, and the gate records the refusal
     */
    <R> R make(RestCall call, Supplier<R> change) {
        R result = Objects.requireNonNull(transaction.execute(status -> {
            R made = change.get();
            audit.append(call.audit(), Outcome.SUCCESS, AuditRecords.Covered.NOTHING);
            return made;
        }));
        call.audit().written();
        return result;
    }

    /**
     * Makes a change that somebody else carries out.
     *
     * @param note what it is about, for the record
     * @param change as for {@link #make}; what it returns is the answer
     * @param then tells that somebody, after the commit
     */
    ResponseEntity<?> noted(RestCall call, String note, Supplier<Map<String, Object>> change, Runnable then) {
        call.audit().internalReason(note);
        Map<String, Object> made = make(call, change);
        then.run();
        return ResponseEntity.ok(made);
    }
}
