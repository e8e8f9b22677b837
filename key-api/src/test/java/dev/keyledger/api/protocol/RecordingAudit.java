package dev.keyledger.api.protocol;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An audit log in memory with the rules of the real one about nonces. */
public final class RecordingAudit implements Audit {

    /** One record as written. */
    public record Entry(
            String requestId,
            String action,
            String accessKeyId,
            String principal,
            String authMethod,
            String sourceIp,
            boolean replayProtected,
            Outcome outcome,
            String reason) {}

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final Set<String> nonces = new HashSet<>();
    private volatile @Nullable RuntimeException failure;

    @Override
    public synchronized void record(AuditDraft draft, Outcome outcome) {
        RuntimeException fails = failure;
        if (fails != null) {
            throw fails;
        }
        String nonce = draft.accessKeyId() + "\0" + draft.nonce().orElse("");
        if (draft.nonce().isPresent() && !nonces.add(nonce) && outcome.result() != Outcome.Result.FAILED) {
            throw Refusal.of(ErrorCode.NONCE_USED);
        }
        entries.add(new Entry(
                draft.requestId(),
                draft.action(),
                draft.accessKeyId(),
                draft.principal(),
                draft.authMethod().toString(),
                draft.sourceIp(),
                draft.replayProtected(),
                outcome,
                draft.internalReason()));
    }

    /** All records so far. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The only record there is. */
    public Entry only() {
        if (entries.size() != 1) {
            throw new AssertionError("expected one record, found " + entries);
        }
        return entries.get(0);
    }

    /** From now on every write fails; null ends it. */
    public void failWith(@Nullable RuntimeException fails) {
        failure = fails;
    }

    /** Whether the nonce was recorded for the access key. */
    public synchronized boolean seen(String accessKeyId, String nonce) {
        return nonces.contains(accessKeyId + "\0" + nonce);
    }

    /** Forgets everything. */
    public synchronized void clear() {
        entries.clear();
        nonces.clear();
        failure = null;
    }
}
