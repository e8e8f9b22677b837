package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.model.Act;
import dev.keyledger.model.KeyModel;
import dev.keyledger.model.Seen;
import dev.keyledger.model.World;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.axonframework.eventsourcing.AggregateDeletedException;
import org.jspecify.annotations.Nullable;

/** A key as an aggregate with its ports in memory; how commands reach it is the subclass's. */
abstract class AggregateWorld implements World {

    final KeyPorts ports = new KeyPorts();

    static CreateKey birth(boolean external) {
        return new CreateKey(
                KeyEvents.KEY,
                external ? Origin.EXTERNAL : Origin.ALIYUN_KMS,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "a key",
                "1234567890123456",
                Map.of());
    }

    /** Sends the command. */
    abstract Optional<Throwable> send(KeyCommand command);

    /** The aggregate after all its events; null if it was destroyed. */
    abstract @Nullable Cmk aggregate();

    @Override
    public void pass(Duration pause) {
        ports.now = ports.now.plus(pause);
    }

    @Override
    public String act(Act act) {
        if (act instanceof Act.Use) {
            Cmk cmk = aggregate();
            return cmk == null
                    ? "gone"
                    : KeyLifecycle.refusalOf(
                                    KeyOperation.ENCRYPT,
                                    lifecycle(cmk).at(ports.now).state())
                            .map(ErrorCode::code)
                            .orElse("ok");
        }
        ports.destructionHeld = act instanceof Act.Destroy destroy && destroy.held();
        Map<KeyVersionId, String> before = new HashMap<>(ports.stored);
        Optional<Throwable> failure = send(command(act));
        if (failure.isEmpty()) {
            return "ok";
        }
        // The ports belong to the transaction that is rolled back.
        ports.stored = before;
        if (failure.get() instanceof Refusal refusal) {
            return refusal.code().code();
        }
        if (failure.get() instanceof AggregateDeletedException) {
            // What a nudge finds gone is done.
            return act instanceof Act.Expire || act instanceof Act.Destroy || act instanceof Act.Notice ? "ok" : "gone";
        }
        throw new AssertionError(failure.get());
    }

    private KeyCommand command(Act act) {
        KeyId key = KeyEvents.KEY;
        if (act instanceof Act.Enable) {
            return new EnableKey(key);
        } else if (act instanceof Act.Disable) {
            return new DisableKey(key);
        } else if (act instanceof Act.Describe describe) {
            return new UpdateKeyDescription(key, describe.description());
        } else if (act instanceof Act.Tag tag) {
            Map<String, String> tags = new TreeMap<>();
            tag.names().forEach(name -> tags.put(name, "value"));
            return new TagKey(key, tags);
        } else if (act instanceof Act.Untag untag) {
            return new UntagKey(key, List.copyOf(untag.names()));
        } else if (act instanceof Act.Protect protect) {
            return new SetDeletionProtection(key, protect.on(), protect.why());
        } else if (act instanceof Act.IssueParameters) {
            return new IssueImportParameters(key, WrappingAlgorithm.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048);
        } else if (act instanceof Act.Import bring) {
            Instant expiry = bring.expiresIn() == null ? null : KeyModel.expiryOf(bring.expiresIn(), ports.now);
            return new ImportKeyMaterial(key, KeyPorts.drawnToken(bring.token()), material(bring.brought()), expiry);
        } else if (act instanceof Act.DeleteMaterial) {
            return new DeleteKeyMaterial(key);
        } else if (act instanceof Act.Expire) {
            return new ExpireKeyMaterial(key);
        } else if (act instanceof Act.Schedule schedule) {
            return new ScheduleKeyDeletion(key, schedule.days());
        } else if (act instanceof Act.Cancel) {
            return new CancelKeyDeletion(key);
        } else if (act instanceof Act.Destroy) {
            return new DestroyKey(key);
        } else if (act instanceof Act.Notice notice) {
            return notice.ofExpiry() ? new GiveExpiryNotice(key) : new GiveDeletionNotice(key);
        }
        throw new AssertionError(act);
    }

    private static UnwrappedMaterial material(Act.Brought brought) {
        return switch (brought) {
            case OWN -> KeyPorts.genuine(KeyPorts.MATERIAL);
            case OTHER -> KeyPorts.genuine(KeyPorts.OTHER_MATERIAL);
            case GARBLED -> KeyPorts.substitute(ErrorCode.INVALID_KEY_MATERIAL, "padding");
        };
    }

    @Override
    public Seen see() {
        Cmk cmk = aggregate();
        // Material is there exactly as long as the key says so.
        assertThat(ports.stored.isEmpty())
                .isEqualTo(cmk == null || !lifecycle(cmk).hasMaterial());
        if (cmk == null) {
            return new Seen("gone", "", false, false, new TreeSet<>());
        }
        KeyLifecycle now = lifecycle(cmk).at(ports.now);
        return new Seen(
                now.state().toString(),
                (String) field(cmk, "description"),
                (boolean) field(cmk, "deletionProtected"),
                now.materialExpiresAt() != null,
                new TreeSet<>(((Map<?, ?>) field(cmk, "tags"))
                        .keySet().stream().map(String.class::cast).toList()));
    }

    private static KeyLifecycle lifecycle(Cmk cmk) {
        return (KeyLifecycle) field(cmk, "lifecycle");
    }

    /** An aggregate shows its state to nobody but its handlers. */
    private static Object field(Cmk cmk, String name) {
        try {
            Field field = Cmk.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(cmk);
        } catch (ReflectiveOperationException renamed) {
            throw new LinkageError(renamed.getMessage(), renamed);
        }
    }
}
