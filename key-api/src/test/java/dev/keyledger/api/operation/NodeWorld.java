package dev.keyledger.api.operation;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.adapter.timer.DeadlineScheduler;
import dev.keyledger.api.adapter.timer.UpkeepRunner;
import dev.keyledger.api.config.LedgerConfiguration.SystemCommands;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.eventlog.EventNames;
import dev.keyledger.model.Act;
import dev.keyledger.model.KeyModel;
import dev.keyledger.model.Seen;
import dev.keyledger.model.World;
import dev.keyledger.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A key in a whole node: its owner calls over HTTP, the system's nudges are sent as the saga sends them. */
final class NodeWorld implements World {

    private final TestNode node;
    private final Kms kms;
    private final Keys keys;
    private final MadeKey key;
    private final byte[] otherMaterial = Keys.material();
    private final List<IssuedParameters> issued = new ArrayList<>();
    private IssuedParameters foreign = new IssuedParameters("", "", "");
    private Instant foreignUntil = Instant.MIN;

    /** Stops what would do something to a key at a time of its own; the script says when a nudge comes. */
    static void withoutTimers(TestNode node) {
        node.bean(DeadlineScheduler.class).stop();
        node.bean(UpkeepRunner.class).stop();
    }

    NodeWorld(TestNode node, boolean external) {
        this.node = node;
        this.kms = new Kms(node);
        this.keys = new Keys(kms);
        String id = kms.call("CreateKey", "Origin", external ? "EXTERNAL" : "Aliyun_KMS", "Description", "a key")
                .ok()
                .text("KeyMetadata.KeyId");
        this.key = new MadeKey(id, Keys.material(), "");
    }

    /** The key of this world. */
    String keyId() {
        return key.id();
    }

    @Override
    public void pass(Duration pause) {
        TestClock clock = node.bean(TestClock.class);
        new TransactionTemplate(node.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> clock.advance(pause));
        clock.refresh();
    }

    @Override
    public String act(Act act) {
        KeyCommand nudge = nudge(act, new KeyId(key.id()));
        if (nudge != null) {
            var unused = node.bean(SystemCommands.class).bus().execute(nudge);
            return "ok";
        }
        Reply reply = call(act);
        return reply.code().equals("Forbidden.KeyNotFound") ? "gone" : reply.code();
    }

    private static @Nullable KeyCommand nudge(Act act, KeyId id) {
        if (act instanceof Act.Expire) {
            return new KeyCommand.ExpireKeyMaterial(id);
        } else if (act instanceof Act.Destroy) {
            return new KeyCommand.DestroyKey(id);
        } else if (act instanceof Act.Notice notice) {
            return notice.ofExpiry() ? new KeyCommand.GiveExpiryNotice(id) : new KeyCommand.GiveDeletionNotice(id);
        }
        return null;
    }

    private Reply call(Act act) {
        if (act instanceof Act.Enable) {
            return on("EnableKey");
        } else if (act instanceof Act.Disable) {
            return on("DisableKey");
        } else if (act instanceof Act.Describe describe) {
            return on("UpdateKeyDescription", "Description", describe.description());
        } else if (act instanceof Act.Tag tag) {
            return on(
                    "TagResource",
                    "Tags",
                    tag.names().stream()
                            .map("{\"TagKey\":\"%s\",\"TagValue\":\"value\"}"::formatted)
                            .collect(Collectors.joining(",", "[", "]")));
        } else if (act instanceof Act.Untag untag) {
            return on(
                    "UntagResource",
                    "TagKeys",
                    untag.names().stream().map("\"%s\""::formatted).collect(Collectors.joining(",", "[", "]")));
        } else if (act instanceof Act.Protect protect) {
            return on(
                    "SetDeletionProtection",
                    "EnableDeletionProtection",
                    String.valueOf(protect.on()),
                    "DeletionProtectionDescription",
                    protect.why());
        } else if (act instanceof Act.IssueParameters) {
            return issue();
        } else if (act instanceof Act.Import bring) {
            return bring(bring);
        } else if (act instanceof Act.DeleteMaterial) {
            return on("DeleteKeyMaterial");
        } else if (act instanceof Act.Schedule schedule) {
            return on("ScheduleKeyDeletion", "PendingWindowInDays", String.valueOf(schedule.days()));
        } else if (act instanceof Act.Cancel) {
            return on("CancelKeyDeletion");
        } else if (act instanceof Act.Use) {
            return on("Encrypt", "Plaintext", Keys.HELLO);
        }
        throw new AssertionError(act);
    }

    private Reply issue() {
        Reply reply =
                on("GetParametersForImport", "WrappingAlgorithm", "RSAES_OAEP_SHA_256", "WrappingKeySpec", "RSA_2048");
        if (reply.code().equals("ok")) {
            issued.add(new IssuedParameters(key.id(), reply.text("ImportToken"), reply.text("PublicKey")));
        }
        return reply;
    }

    private Reply bring(Act.Import bring) {
        IssuedParameters parameters = bring.token() <= issued.size() ? issued.get(bring.token() - 1) : foreign();
        String wrapped = switch (bring.brought()) {
            case OWN -> parameters.wrap(key.material());
            case OTHER -> parameters.wrap(otherMaterial);
            case GARBLED -> Keys.base64(new byte[256]);
        };
        String expiry = bring.expiresIn() == null
                ? "0"
                : String.valueOf(KeyModel.expiryOf(
                                bring.expiresIn(), node.bean(StoreClock.class).now())
                        .getEpochSecond());
        return on(
                "ImportKeyMaterial",
                "ImportToken",
                parameters.token(),
                "EncryptedKeyMaterial",
                wrapped,
                "KeyMaterialExpireUnix",
                expiry);
    }

    /** A token of another key that has not lapsed. */
    private IssuedParameters foreign() {
        Instant now = node.bean(StoreClock.class).now();
        if (!now.isBefore(foreignUntil)) {
            foreign = keys.parameters(keys.external().id());
            foreignUntil = now.plus(Duration.ofHours(20));
        }
        return foreign;
    }

    private Reply on(String action, String... more) {
        List<String> all = new ArrayList<>(List.of("KeyId", key.id()));
        all.addAll(Arrays.asList(more));
        return kms.call(action, all.toArray(String[]::new));
    }

    @Override
    public Seen see() {
        Reply reply = on("DescribeKey");
        if (reply.code().equals("Forbidden.KeyNotFound")) {
            return new Seen("gone", "", false, false, new TreeSet<>());
        }
        reply.ok();
        return new Seen(
                reply.text("KeyMetadata.KeyState"),
                reply.text("KeyMetadata.Description"),
                reply.text("KeyMetadata.DeletionProtection").equals("Enabled"),
                !reply.text("KeyMetadata.MaterialExpireTime").isEmpty(),
                new TreeSet<>(on("ListResourceTags").ok().all("Tags.Tag", "TagKey")));
    }

    @Override
    public List<String> events() {
        return node.sql().sql("""
                        select payload_type from domain_event
                        where aggregate_identifier = :key
                        order by sequence_number""").param("key", key.id()).query(String.class).list().stream()
                .skip(1)
                .map(name -> EventNames.classOf(name).orElseThrow().getSimpleName())
                .toList();
    }
}
