package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.adapter.journal.AuditRecords.Covered;
import dev.keyledger.api.adapter.journal.JournalEntry.Demand;
import dev.keyledger.api.adapter.journal.JournalEntry.Touch;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyLifecycle;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The use of keys. The result is computed first; then the journal's statement, begun after the request arrived, looks at the key's present
 * state and writes the audit record of the use or of its refusal; only after its commit may the result leave. So once a change of a key is
 * acknowledged by any node, no use that starts later succeeds on any other, and no result is without its record.
 *
 * <p>A state that forbids the use is told before any fault of the ciphertext. Thread-safe.
 */
@Component
public class UseJournal {

    /** No key has it. */
    private static final UUID NO_VERSION = new UUID(0, 0);

    private final KeyLookup keys;
    private final Journal journal;

    UseJournal(KeyLookup keys, Journal journal) {
        this.keys = keys;
        this.journal = journal;
    }

    /**
     * Finds the key and the material of its present version.
     *
     * @param keyId already noted in the draft
     * @throws Refusal {@code KEY_NOT_FOUND}, unrecorded
     */
    public KeyInUse find(AuditDraft draft, KeyId keyId) {
        return new KeyInUse(keyId, existing(draft, keyId, null));
    }

    /**
     * Finds the key and the material of the version that made a ciphertext. Nothing proves the ciphertext's word yet, so the draft names the
     * key only if it exists.
     *
     * @throws Refusal {@code KEY_NOT_FOUND}, unrecorded
     */
    public KeyInUse find(AuditDraft draft, KeyId keyId, KeyVersionId versionId) {
        KeyLookup.Found found = existing(draft, keyId, versionId);
        draft.keyId(keyId);
        return new KeyInUse(keyId, found);
    }

    private KeyLookup.Found existing(AuditDraft draft, KeyId keyId, @Nullable KeyVersionId versionId) {
        KeyLookup.Found found = keys.find(keyId, versionId, draft.deadline());
        if (!found.exists()) {
            throw Refusal.of(ErrorCode.KEY_NOT_FOUND);
        }
        return found;
    }

    /**
     * Makes sure that the state in which the key was found allows the use. One that forbids it is answer enough; it is recorded with the
     * version of the key it was seen in.
     *
     * @throws Refusal with the code of the state; already recorded
     */
    public void requireState(AuditDraft draft, KeyInUse key, KeyOperation operation) {
        KeyLookup.Present present = key.present();
        if (present != null) {
            KeyLifecycle.refusalOf(operation, present.state()).ifPresent(code -> {
                throw refusedIn(draft, key.keyId(), present, code);
            });
        }
        if (draft.keyVersionId().isEmpty()) {
            draft.keyVersionId(key.versionId());
        }
    }

    private Refusal refusedIn(AuditDraft draft, KeyId keyId, KeyLookup.Present present, ErrorCode code) {
        Covered seen = new Covered(List.of(), List.of(), Map.of(keyId.value(), present.version()));
        String recorded = journal.decide(draft, JournalEntry.of(draft, Outcome.of(code), seen))
                .code();
        return Refusal.of(recorded.equals(code.code()) ? code : JournalCodes.named(recorded));
    }

    /**
     * Computes, records and only then answers. When it returns or throws a refusal, the record is durable and the draft {@linkplain
     * AuditDraft#written() written}.
     *
     * @param used the keys used, each checked again by the recording statement
     * @throws Refusal of the sender first, of a state second, of the work third
     */
    public <R> R record(AuditDraft draft, List<KeyInUse> used, Supplier<R> work) {
        R result = null;
        Refusal refused = null;
        try {
            result = work.get();
        } catch (Refusal faultOfTheInput) {
            refused = faultOfTheInput;
        }
        refused = decide(draft, used, refused);
        if (refused != null) {
            throw refused;
        }
        return Objects.requireNonNull(result);
    }

    private @Nullable Refusal decide(AuditDraft draft, List<KeyInUse> used, @Nullable Refusal candidate) {
        if (candidate != null) {
            draft.internalReason(candidate.reason());
        }
        Outcome outcome = candidate == null ? Outcome.SUCCESS : Outcome.of(candidate.code());
        String code = journal.decide(draft, JournalEntry.of(draft, outcome, Covered.NOTHING, touches(draft, used)))
                .code();
        if (code.equals(outcome.errorCode())) {
            return candidate;
        }
        used.forEach(key -> keys.forget(key.keyId()));
        return Refusal.of(JournalCodes.named(code));
    }

    /** In the order of use, which is the order in which refusals count; a key that is named but not used follows. */
    private static List<Touch> touches(AuditDraft draft, List<KeyInUse> used) {
        Map<KeyId, Touch> touches = new LinkedHashMap<>();
        for (KeyInUse key : used) {
            Touch touch = new Touch(key.keyId().asUuid(), Demand.USED, null, key.usedVersion());
            touches.merge(key.keyId(), touch, UseJournal::both);
        }
        for (KeyId named : draft.keyIds()) {
            touches.putIfAbsent(named, new Touch(named.asUuid(), Demand.NONE, null, null));
        }
        return List.copyOf(touches.values());
    }

    /** One key in two roles; if two versions of its material were used, one of them is not the present one, and the use is refused. */
    private static Touch both(Touch first, Touch second) {
        UUID version = first.usedVersion() == null ? second.usedVersion() : first.usedVersion();
        boolean differ = second.usedVersion() != null && !second.usedVersion().equals(version);
        return new Touch(first.keyId(), Demand.USED, null, differ ? NO_VERSION : version);
    }

    /**
     * The key as it is at the moment at which this is recorded.
     *
     * @param keyId already noted in the draft
     * @throws Refusal {@code KEY_NOT_FOUND} or one of the sender; already recorded
     */
    public KeySummary describe(AuditDraft draft, KeyId keyId) {
        List<Touch> touch = List.of(new Touch(keyId.asUuid(), Demand.DESCRIBED, null, null));
        Decision decision = journal.decide(draft, JournalEntry.of(draft, Outcome.SUCCESS, Covered.NOTHING, touch));
        if (!decision.code().isEmpty()) {
            throw Refusal.of(JournalCodes.named(decision.code()));
        }
        return Objects.requireNonNull(decision.described());
    }
}
