package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.adapter.journal.AuditRecords.Covered;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.KeyLifecycle;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.KeyMaterialStore;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The use of keys. The result is computed first; then one statement, begun after the request arrived, looks at the key's present state and
 * writes the audit record of the use or of its refusal; only after its commit may the result leave. So once a change of a key is acknowledged
 * by any node, no use that starts later succeeds on any other, and no result is without its record.
 *
 * <p>A state that forbids the use is told before any fault of the ciphertext. Thread-safe.
 */
@Component
public class UseJournal {

    /** What the statement itself may find, by wire code. */
    private static final List<ErrorCode> STATE_REFUSALS = List.of(
            ErrorCode.KEY_NOT_FOUND,
            ErrorCode.REJECTED_DISABLED,
            ErrorCode.REJECTED_PENDING_DELETION,
            ErrorCode.REJECTED_PENDING_IMPORT);

    private final KeyMaterialStore material;
    private final AuditRecords audit;
    private final TransactionTemplate transaction;

    UseJournal(KeyMaterialStore material, AuditRecords audit, PlatformTransactionManager transactions) {
        this.material = material;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * Opens the material of the key's present version.
     *
     * @param key as read during this request
     * @throws Refusal with the code of a state that forbids the operation; already recorded
     */
    public KeyInUse open(AuditDraft draft, KeySummary key, KeyOperation operation) {
        requireState(draft, key, operation);
        // Not null in a state that allows a use.
        return opened(draft, key, Objects.requireNonNull(key.materialVersion()));
    }

    /**
     * Opens the material of the version that made a ciphertext.
     *
     * @param key as read during this request
     * @throws Refusal with the code of a state that forbids the operation; already recorded
     */
    public KeyInUse open(AuditDraft draft, KeySummary key, KeyVersionId versionId, KeyOperation operation) {
        requireState(draft, key, operation);
        return opened(draft, key, versionId);
    }

    /**
     * Computes, records and only then answers. When it returns or throws a refusal, the record is durable and the draft {@linkplain
     * AuditDraft#written() written}.
     *
     * @param keys the keys used, each checked again by the recording statement
     * @throws Refusal of a state first, of the work second; {@code NONCE_USED} unrecorded
     */
    public <R> R record(AuditDraft draft, List<KeyInUse> keys, Supplier<R> work) {
        R result = null;
        Refusal refused = null;
        try {
            result = work.get();
        } catch (Refusal faultOfTheInput) {
            refused = faultOfTheInput;
        }
        refused = decide(draft, keys, refused);
        draft.written();
        if (refused != null) {
            throw refused;
        }
        return Objects.requireNonNull(result);
    }

    private @Nullable Refusal decide(AuditDraft draft, List<KeyInUse> keys, @Nullable Refusal candidate) {
        if (candidate != null) {
            draft.internalReason(candidate.reason());
        }
        Outcome outcome = candidate == null ? Outcome.SUCCESS : Outcome.of(candidate.code());
        List<AuditRecords.UsedKey> used = keys.stream().map(KeyInUse::used).toList();
        String code = Objects.requireNonNull(transaction.execute(status -> audit.appendUse(draft, outcome, used)));
        if (candidate != null && candidate.code().code().equals(code)) {
            return candidate;
        }
        return code.isEmpty() ? null : Refusal.of(stateRefusal(code));
    }

    private static ErrorCode stateRefusal(String wireCode) {
        return STATE_REFUSALS.stream()
                .filter(refusal -> refusal.code().equals(wireCode))
                .findFirst()
                .orElseThrow();
    }

    /** A state seen during the request that forbids the use is answer enough; it is recorded with the version of the key it was seen in. */
    private void requireState(AuditDraft draft, KeySummary key, KeyOperation operation) {
        KeyLifecycle.refusalOf(operation, key.state()).ifPresent(code -> {
            Covered seen = new Covered(List.of(), List.of(), Map.of(key.keyId().value(), key.version()));
            transaction.executeWithoutResult(status -> audit.append(draft, Outcome.of(code), seen));
            draft.written();
            throw Refusal.of(code);
        });
    }

    private KeyInUse opened(AuditDraft draft, KeySummary key, KeyVersionId versionId) {
        if (draft.keyVersionId().isEmpty()) {
            draft.keyVersionId(versionId);
        }
        return new KeyInUse(
                key.keyId(), versionId, material.read(key.keyId(), versionId), withoutMaterial(key, versionId));
    }

    /** Why there may be no material: it was deleted after the key was read, or the ciphertext names a version the key never had. */
    private static Refusal withoutMaterial(KeySummary key, KeyVersionId versionId) {
        return versionId.equals(key.materialVersion())
                ? Refusal.of(ErrorCode.REJECTED_PENDING_IMPORT)
                : Refusal.of(ErrorCode.INVALID_CIPHERTEXT).because("no such version of the key");
    }
}
