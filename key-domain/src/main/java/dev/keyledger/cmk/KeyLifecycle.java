package dev.keyledger.cmk;

import static dev.keyledger.refusal.ErrorCode.REJECTED_DISABLED;
import static dev.keyledger.refusal.ErrorCode.REJECTED_PENDING_DELETION;
import static dev.keyledger.refusal.ErrorCode.REJECTED_PENDING_IMPORT;
import static dev.keyledger.refusal.ErrorCode.REJECTED_UNSUPPORTED_OPERATION;
import static dev.keyledger.refusal.ErrorCode.STATE_MODIFIED_FAILED;
import static dev.keyledger.refusal.ErrorCode.UNSUPPORTED_ORIGIN;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a key is in its life, and the one table of what may happen there. Immutable and pure: time is an argument.
 *
 * <p>The table is that of the vendor's page "Impact of CMK status on API operations". Enabled and disabled keys have material, a key pending
 * import has none, a key pending deletion may have it or not and is the only one with an instant of destruction. After destruction there is
 * no life cycle any more.
 *
 * @param origin where the material comes from
 * @param state as recorded by the events; see {@link #at} for the state in effect
 * @param hasMaterial whether there is material, as recorded
 * @param materialExpiresAt from when on the material must not be used; null for never, and without material
 * @param deleteAt earliest instant of destruction; null unless pending deletion
 */
public record KeyLifecycle(
        Origin origin,
        KeyState state,
        boolean hasMaterial,
        @Nullable Instant materialExpiresAt,
        @Nullable Instant deleteAt) {

    private static final Optional<ErrorCode> OK = Optional.empty();
    private static final Optional<ErrorCode> DISABLED = Optional.of(REJECTED_DISABLED);
    private static final Optional<ErrorCode> DELETION = Optional.of(REJECTED_PENDING_DELETION);
    private static final Optional<ErrorCode> IMPORT = Optional.of(REJECTED_PENDING_IMPORT);
    private static final Optional<ErrorCode> STATE = Optional.of(STATE_MODIFIED_FAILED);
    private static final Optional<ErrorCode> UNSUPPORTED = Optional.of(REJECTED_UNSUPPORTED_OPERATION);

    private static final Row ANY_STATE = new Row(OK, OK, OK, OK);
    private static final Row USE_OF_KEY = new Row(OK, DISABLED, DELETION, IMPORT);
    private static final Row CHANGE_OF_METADATA = new Row(OK, OK, DELETION, OK);

    private static Row row(KeyOperation operation) {
        return switch (operation) {
            case CREATE_KEY, LIST_KEYS, DESCRIBE_KEY -> ANY_STATE;
            case ENCRYPT, DECRYPT, GENERATE_DATA_KEY, GENERATE_DATA_KEY_WITHOUT_PLAINTEXT -> USE_OF_KEY;
            case RE_ENCRYPT_SOURCE, RE_ENCRYPT_DESTINATION -> USE_OF_KEY;
            case EXPORT_DATA_KEY, GENERATE_AND_EXPORT_DATA_KEY -> USE_OF_KEY;
            // Columns of a row: Enabled, Disabled, PendingDeletion, PendingImport.
            case ENABLE_KEY, DISABLE_KEY -> new Row(OK, OK, STATE, STATE);
            case SCHEDULE_KEY_DELETION -> new Row(OK, OK, STATE, OK);
            case CANCEL_KEY_DELETION -> new Row(STATE, STATE, OK, STATE);
            case SET_DELETION_PROTECTION, UPDATE_KEY_DESCRIPTION -> CHANGE_OF_METADATA;
            case CREATE_ALIAS -> new Row(OK, OK, STATE, OK);
            case UPDATE_ALIAS -> new Row(OK, OK, DELETION, OK);
            case DELETE_ALIAS, LIST_ALIASES, LIST_ALIASES_BY_KEY_ID -> ANY_STATE;
            case GET_PARAMETERS_FOR_IMPORT, DELETE_KEY_MATERIAL -> ANY_STATE;
            case IMPORT_KEY_MATERIAL -> new Row(OK, OK, STATE, OK);
            case TAG_RESOURCE, TAG_RESOURCES, UNTAG_RESOURCE, UNTAG_RESOURCES -> CHANGE_OF_METADATA;
            case LIST_RESOURCE_TAGS, LIST_TAG_RESOURCES -> ANY_STATE;
            case LIST_KEY_VERSIONS, DESCRIBE_KEY_VERSION -> ANY_STATE;
            case CREATE_KEY_VERSION -> new Row(OK, DISABLED, DELETION, UNSUPPORTED);
            case UPDATE_ROTATION_POLICY -> USE_OF_KEY;
            case GET_PUBLIC_KEY -> USE_OF_KEY;
            case ASYMMETRIC_SIGN, ASYMMETRIC_VERIFY, ASYMMETRIC_ENCRYPT, ASYMMETRIC_DECRYPT -> USE_OF_KEY;
            case GET_KEY_POLICY -> ANY_STATE;
            case SET_KEY_POLICY -> CHANGE_OF_METADATA;
        };
    }

    private record Row(
            Optional<ErrorCode> enabled,
            Optional<ErrorCode> disabled,
            Optional<ErrorCode> pendingDeletion,
            Optional<ErrorCode> pendingImport) {

        Optional<ErrorCode> in(KeyState state) {
            return switch (state) {
                case ENABLED -> enabled;
                case DISABLED -> disabled;
                case PENDING_DELETION -> pendingDeletion;
                case PENDING_IMPORT -> pendingImport;
            };
        }
    }

    /** Refuses combinations that no history leads to. */
    public KeyLifecycle {
        boolean usable = state == KeyState.ENABLED || state == KeyState.DISABLED;
        if ((usable && !hasMaterial) || (state == KeyState.PENDING_IMPORT && hasMaterial)) {
            throw new IllegalArgumentException("a key is enabled or disabled with material, pending import without");
        }
        if ((state == KeyState.PENDING_DELETION) != (deleteAt != null)) {
            throw new IllegalArgumentException("pending deletion, and it alone, has an instant of destruction");
        }
        if (materialExpiresAt != null && !hasMaterial) {
            throw new IllegalArgumentException("no material, no expiry");
        }
    }

    /** A key that was just created: enabled with generated material, or pending import. */
    public static KeyLifecycle created(Origin origin) {
        return switch (origin) {
            case ALIYUN_KMS -> new KeyLifecycle(origin, KeyState.ENABLED, true, null, null);
            case EXTERNAL -> new KeyLifecycle(origin, KeyState.PENDING_IMPORT, false, null, null);
        };
    }

    /**
     * The life cycle after one more event of the key, itself if the event is about something else. The one place where events move a key: the
     * aggregate goes through it, and so does whoever asks what a key was.
     */
    public KeyLifecycle after(KeyEvent event) {
        if (event instanceof KeyEvent.KeyCreated created) {
            return created(created.origin());
        } else if (event instanceof KeyEvent.KeyEnabled) {
            return enabled();
        } else if (event instanceof KeyEvent.KeyDisabled) {
            return disabled();
        } else if (event instanceof KeyEvent.KeyMaterialImported imported) {
            return imported(imported.expiresAt());
        } else if (event instanceof KeyEvent.KeyMaterialDeleted || event instanceof KeyEvent.KeyMaterialExpired) {
            return materialLost();
        } else if (event instanceof KeyEvent.KeyDeletionScheduled scheduled) {
            return pendingDeletion(scheduled.deleteAt());
        } else if (event instanceof KeyEvent.KeyDeletionCancelled) {
            return deletionCancelled();
        }
        return this;
    }

    /** The code with which a key in this state refuses the operation; empty if it allows it. */
    public static Optional<ErrorCode> refusalOf(KeyOperation operation, KeyState state) {
        return row(operation).in(state);
    }

    /** As {@link #refusalOf(KeyOperation, KeyState)}, with the origin checked before the state. */
    public static Optional<ErrorCode> refusalOf(KeyOperation operation, Origin origin, KeyState state) {
        Origin onlyFor = operation.onlyFor();
        if (onlyFor == null || onlyFor == origin) {
            return refusalOf(operation, state);
        }
        return switch (onlyFor) {
            case EXTERNAL -> Optional.of(UNSUPPORTED_ORIGIN);
            case ALIYUN_KMS -> Optional.of(REJECTED_UNSUPPORTED_OPERATION);
        };
    }

    /**
     * Does nothing if the operation is allowed for this key as recorded; ask {@link #at} first where material may have expired since.
     *
     * @throws Refusal with the table's code
     */
    public void require(KeyOperation operation) {
        Optional<ErrorCode> refusal = refusalOf(operation, origin, state);
        if (refusal.isPresent()) {
            throw Refusal.of(refusal.get()).because(operation.action() + " of a key in state " + state);
        }
    }

    /** The life cycle in effect at an instant: material at or past its expiry is gone, whether or not an event has recorded it. */
    public KeyLifecycle at(Instant now) {
        return expiryDue(now) ? materialLost() : this;
    }

    /** Whether there is material whose expiry has come. */
    public boolean expiryDue(Instant now) {
        return materialExpiresAt != null && !now.isBefore(materialExpiresAt);
    }

    /** Whether the pending window is over. */
    public boolean destructionDue(Instant now) {
        return deleteAt != null && !now.isBefore(deleteAt);
    }

    KeyLifecycle enabled() {
        return with(KeyState.ENABLED);
    }

    KeyLifecycle disabled() {
        return with(KeyState.DISABLED);
    }

    /** Material arrived, or arrived again: the expiry is the new one, and only a key pending import changes its state. */
    KeyLifecycle imported(@Nullable Instant expiresAt) {
        KeyState next = state == KeyState.PENDING_IMPORT ? KeyState.ENABLED : state;
        return new KeyLifecycle(origin, next, true, expiresAt, deleteAt);
    }

    /** Material was deleted or has expired. A key pending deletion stays so; a disabled key forgets that it was disabled. */
    KeyLifecycle materialLost() {
        KeyState next = state == KeyState.PENDING_DELETION ? state : KeyState.PENDING_IMPORT;
        return new KeyLifecycle(origin, next, false, null, deleteAt);
    }

    KeyLifecycle pendingDeletion(Instant earliestDestruction) {
        return new KeyLifecycle(origin, KeyState.PENDING_DELETION, hasMaterial, materialExpiresAt, earliestDestruction);
    }

    /** Enabled with material, whatever the state was before the deletion was scheduled; pending import without. */
    KeyLifecycle deletionCancelled() {
        KeyState next = hasMaterial ? KeyState.ENABLED : KeyState.PENDING_IMPORT;
        return new KeyLifecycle(origin, next, hasMaterial, materialExpiresAt, null);
    }

    private KeyLifecycle with(KeyState next) {
        return new KeyLifecycle(origin, next, hasMaterial, materialExpiresAt, deleteAt);
    }
}
