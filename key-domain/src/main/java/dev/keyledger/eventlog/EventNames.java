package dev.keyledger.eventlog;

import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.cmk.KeyLifecycleSaga;
import dev.keyledger.cmk.KeySnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.axonframework.eventhandling.GapAwareTrackingToken;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.MergedTrackingToken;
import org.axonframework.eventhandling.ReplayToken;
import org.axonframework.eventhandling.tokenstore.ConfigToken;
import org.axonframework.modelling.saga.SagaScopeDescriptor;

/**
 * Under which name each type is stored: events for ever (ADR 0002), snapshots, the saga, its timers and the framework's tokens for as long as
 * they live. No Java class name is stored, so a class may be renamed or moved.
 */
public final class EventNames {

    private static final Map<Class<?>, String> NAMES = new LinkedHashMap<>();
    private static final Map<String, Class<?>> CLASSES = new LinkedHashMap<>();

    static {
        name(KeyCreated.class, "keyledger.key.created");
        name(KeyDescriptionChanged.class, "keyledger.key.description-changed");
        name(KeyEnabled.class, "keyledger.key.enabled");
        name(KeyDisabled.class, "keyledger.key.disabled");
        name(KeyTagsChanged.class, "keyledger.key.tags-changed");
        name(DeletionProtectionChanged.class, "keyledger.key.deletion-protection-changed");
        name(ImportParametersIssued.class, "keyledger.key.import-parameters-issued");
        name(ImportTokenExhausted.class, "keyledger.key.import-token-exhausted");
        name(KeyMaterialImported.class, "keyledger.key.material-imported");
        name(KeyMaterialDeleted.class, "keyledger.key.material-deleted");
        name(KeyMaterialExpired.class, "keyledger.key.material-expired");
        name(KeyDeletionScheduled.class, "keyledger.key.deletion-scheduled");
        name(KeyExpiryNear.class, "keyledger.key.expiry-near");
        name(KeyDeletionNear.class, "keyledger.key.deletion-near");
        name(KeyDeletionCancelled.class, "keyledger.key.deletion-cancelled");
        name(KeyDestroyed.class, "keyledger.key.destroyed");

        name(AliasCreated.class, "keyledger.alias.created");
        name(AliasRepointed.class, "keyledger.alias.repointed");
        name(AliasDeleted.class, "keyledger.alias.deleted");

        name(KeySnapshot.class, "keyledger.snapshot.key");

        name(KeyLifecycleSaga.class, "keyledger.saga.key-lifecycle");
        name(KeyLifecycleSaga.ExpiryDue.class, "keyledger.timer.expiry-due");
        name(KeyLifecycleSaga.DestructionDue.class, "keyledger.timer.destruction-due");
        name(KeyLifecycleSaga.ExpiryNoticeDue.class, "keyledger.timer.expiry-notice-due");
        name(KeyLifecycleSaga.DeletionNoticeDue.class, "keyledger.timer.deletion-notice-due");
        name(SagaScopeDescriptor.class, "keyledger.timer.saga-scope");

        name(GapAwareTrackingToken.class, "keyledger.token.gap-aware");
        name(GlobalSequenceTrackingToken.class, "keyledger.token.global-sequence");
        name(MergedTrackingToken.class, "keyledger.token.merged");
        name(ReplayToken.class, "keyledger.token.replay");
        name(ConfigToken.class, "keyledger.token.config");
    }

    private EventNames() {}

    /** The stored name; empty if objects of this class are never stored. */
    public static Optional<String> nameOf(Class<?> type) {
        return Optional.ofNullable(NAMES.get(type));
    }

    /** The class that is stored under this name; empty if this version knows none. */
    public static Optional<Class<?>> classOf(String name) {
        return Optional.ofNullable(CLASSES.get(name));
    }

    private static void name(Class<?> type, String name) {
        if (NAMES.put(type, name) != null || CLASSES.put(name, type) != null) {
            throw new IllegalStateException("named twice: " + name);
        }
    }
}
