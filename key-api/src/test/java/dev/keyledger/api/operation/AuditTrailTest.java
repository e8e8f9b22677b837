package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.api.config.LedgerConfiguration.SystemCommands;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.evidence.AuditRecordForm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** One audit record for each request, with everything it should say and nothing it should not, and its canonical form. */
@ExtendWith(NodeExtension.class)
class AuditTrailTest {

    private TestNode node;
    private Kms kms;
    private Keys keys;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    AuditTrailTest() {}

    @BeforeEach
    void connect(TestNode node, Kms kms, Keys keys) {
        this.node = node;
        this.kms = kms;
        this.keys = keys;
    }

    /** The one record of a reply; its canonical form is checked on the way. */
    private AuditRecordForm recordOf(Reply reply) {
        List<AuditRecordForm> records = node.bean(AuditRecordReader.class).ofRequest(reply.requestId());
        assertThat(records).hasSize(1);
        AuditRecordForm record = records.get(0);
        assertThat(AuditRecordForm.parse(record.canonical())).isEqualTo(record);
        assertThat(record.requestId()).isEqualTo(reply.requestId().toString());
        assertThat(record.action()).isEqualTo(reply.action());
        assertThat(record.accessKeyId()).isEqualTo(TestNode.ACCESS_KEY_ID);
        assertThat(record.sourceIp()).isEqualTo("127.0.0.1");
        assertThat(record.userAgent()).isEqualTo("operation-test");
        return record;
    }

    @Test
    void a_change_is_recorded_with_its_events() {
        Reply created = kms.call("CreateKey", "Tags", "[{\"TagKey\":\"k\",\"TagValue\":\"v\"}]")
                .ok();
        String id = created.text("KeyMetadata.KeyId");
        AuditRecordForm record = recordOf(created);

        assertThat(record.outcome()).isEqualTo("Success");
        assertThat(record.errorCode()).isNull();
        assertThat(record.principal()).isNotEmpty();
        assertThat(record.authMethod()).isEqualTo("V1-HMAC-SHA1");
        assertThat(record.replayProtected()).isTrue();
        assertThat(record.keyIds()).containsExactly(id);
        assertThat(record.keyStateVersions()).containsExactly(1L);
        assertThat(record.eventIds())
                .isEqualTo(node.bean(JdbcClient.class)
                        .sql("""
                                select event_identifier from domain_event
                                where aggregate_identifier = :key order by sequence_number
                                """)
                        .param("key", id)
                        .query(String.class)
                        .list());
        assertThat(record.eventDigests()).hasSize(2).allMatch(digest -> digest.matches("[0-9a-f]{64}"));
        assertThat(record.reason()).isNull();
    }

    @Test
    void an_idempotent_success_covers_no_event() {
        MadeKey key = keys.generated();
        AuditRecordForm record =
                recordOf(kms.call("EnableKey", "KeyId", key.id()).ok());

        assertThat(record.outcome()).isEqualTo("Success");
        assertThat(record.eventIds()).isEmpty();
        assertThat(record.keyStateVersions()).containsExactly(0L);
    }

    @Test
    void a_use_is_recorded_with_version_context_digest_and_sizes() {
        MadeKey key = keys.generated();
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", key.id()).ok();
        Reply encrypted = kms.call(
                        "Encrypt",
                        "KeyId",
                        alias,
                        "Plaintext",
                        Keys.HELLO,
                        "EncryptionContext",
                        "{\"b\":\"\\u0001\",\"a\":\"\u6797\"}")
                .ok();
        AuditRecordForm record = recordOf(encrypted);
        byte[] blob = Base64.getDecoder().decode(encrypted.text("CiphertextBlob"));

        assertThat(record.outcome()).isEqualTo("Success");
        assertThat(record.keyIds()).containsExactly(key.id());
        assertThat(record.keyStateVersions()).containsExactly(0L);
        assertThat(record.keyVersionId()).isEqualTo(encrypted.text("KeyVersionId"));
        assertThat(record.aliasUsed()).isEqualTo(alias);
        assertThat(record.context()).isEqualTo(Map.of("a", "\u6797", "b", "\u0001"));
        assertThat(record.digest()).isEqualTo(sha256(blob));
        assertThat(record.inputSize()).isEqualTo(5);
        assertThat(record.outputSize()).isEqualTo(blob.length);
        assertThat(storedContext(encrypted)).isEqualTo("{\"a\":\"\u6797\",\"b\":\"\\u0001\"}");
    }

    private String storedContext(Reply reply) {
        return node.bean(JdbcClient.class)
                .sql("select context from audit_record where request_id = :request")
                .param("request", reply.requestId())
                .query(String.class)
                .single();
    }

    @Test
    void reencrypt_names_both_keys_and_both_contexts() {
        MadeKey source = keys.generated();
        MadeKey destination = keys.generated();
        kms.call("UpdateKeyDescription", "KeyId", destination.id(), "Description", "changed once")
                .ok();
        AuditRecordForm record = recordOf(kms.call(
                        "ReEncrypt",
                        "CiphertextBlob",
                        source.blob(),
                        "DestinationKeyId",
                        destination.id(),
                        "DestinationEncryptionContext",
                        "{\"to\":\"x\"}")
                .ok());

        assertThat(record.keyIds()).containsExactly(source.id(), destination.id());
        assertThat(record.keyStateVersions()).containsExactly(0L, 1L);
        assertThat(record.context()).isEmpty();
        assertThat(record.destinationContext()).isEqualTo(Map.of("to", "x"));
        assertThat(record.keyVersionId()).isEqualTo(keys.describe(source).text("KeyMetadata.PrimaryKeyVersion"));
    }

    @Test
    void a_use_that_a_state_refuses_is_recorded_as_refused() {
        MadeKey key = keys.in("Aliyun_KMS", "Disabled");
        Reply reply = kms.call("Decrypt", "CiphertextBlob", key.blob()).refused(409, "Rejected.Disabled");
        AuditRecordForm record = recordOf(reply);

        assertThat(record.outcome()).isEqualTo("Refused");
        assertThat(record.errorCode()).isEqualTo("Rejected.Disabled");
        assertThat(record.keyIds()).containsExactly(key.id());
        assertThat(record.keyStateVersions()).containsExactly(1L);
        assertThat(record.outputSize()).isNull();
    }

    @Test
    void a_ciphertext_that_does_not_open_is_recorded_with_the_true_reason() {
        MadeKey key = keys.generated();
        Reply reply = kms.call("Decrypt", "CiphertextBlob", key.blob(), "EncryptionContext", "{\"a\":\"b\"}")
                .refused(400, "InvalidParameter");
        AuditRecordForm record = recordOf(reply);

        assertThat(record.outcome()).isEqualTo("Refused");
        assertThat(record.errorCode()).isEqualTo("InvalidParameter");
        assertThat(record.reason()).isNotEmpty();
        assertThat(reply.message()).doesNotContain(record.reason());
        assertThat(record.keyIds()).containsExactly(key.id());
        assertThat(record.context()).isEqualTo(Map.of("a", "b"));
        assertThat(record.digest()).isEqualTo(sha256(Base64.getDecoder().decode(key.blob())));
        assertThat(record.outputSize()).isNull();
    }

    @Test
    void a_ciphertext_that_names_no_key_of_ours_names_none_in_the_record() {
        MadeKey key = keys.generated();
        byte[] blob = Base64.getDecoder().decode(key.blob());
        byte[] foreign = new String(blob, StandardCharsets.ISO_8859_1)
                .replace(key.id(), "11111111-2222-4333-8444-555555555555")
                .getBytes(StandardCharsets.ISO_8859_1);

        AuditRecordForm foreignKey = recordOf(
                kms.call("Decrypt", "CiphertextBlob", Keys.base64(foreign)).refused(404, "Forbidden.KeyNotFound"));
        AuditRecordForm noBlob =
                recordOf(kms.call("Decrypt", "CiphertextBlob", Keys.HELLO).refused(400, "InvalidParameter"));

        assertThat(foreignKey.keyIds()).isEmpty();
        assertThat(noBlob.keyIds()).isEmpty();
    }

    @Test
    void a_refused_change_is_recorded_and_nothing_else_happens() {
        MadeKey key = keys.in("Aliyun_KMS", "PendingDeletion");
        AuditRecordForm record =
                recordOf(kms.call("EnableKey", "KeyId", key.id()).refused(409, "Rejected.StateModifiedFailed"));

        assertThat(record.outcome()).isEqualTo("Refused");
        assertThat(record.errorCode()).isEqualTo("Rejected.StateModifiedFailed");
        assertThat(record.keyIds()).containsExactly(key.id());
        assertThat(record.eventIds()).isEmpty();
    }

    @Test
    void reads_missing_keys_and_missing_parameters_are_recorded() {
        MadeKey key = keys.external();
        AuditRecordForm read =
                recordOf(kms.call("DescribeKey", "KeyId", key.id()).ok());
        AuditRecordForm missingKey = recordOf(kms.call("DescribeKey", "KeyId", "11111111-2222-4333-8444-555555555555")
                .refused(404, "Forbidden.KeyNotFound"));
        AuditRecordForm missingParameter = recordOf(kms.call("DescribeKey").refused(400, "MissingParameter"));

        assertThat(read.keyStateVersions()).containsExactly(0L);
        assertThat(missingKey.keyIds()).containsExactly("11111111-2222-4333-8444-555555555555");
        assertThat(missingKey.keyStateVersions()).containsExactly(-1L);
        assertThat(missingParameter.outcome()).isEqualTo("Refused");
        assertThat(missingParameter.keyIds()).isEmpty();
    }

    @Test
    void the_destruction_of_a_key_is_recorded_once_as_the_systems_own_act() {
        MadeKey key = keys.in("Aliyun_KMS", "PendingDeletion");
        TestClock clock = node.bean(TestClock.class);
        new TransactionTemplate(node.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> clock.advance(Duration.ofDays(8)));
        clock.refresh();
        // The timer may have been first; whoever is second does nothing and records nothing.
        var unused = node.bean(SystemCommands.class).bus().execute(new KeyCommand.DestroyKey(new KeyId(key.id())));

        List<UUID> requests = node.bean(JdbcClient.class)
                .sql(
                        "select request_id from audit_record where key_ids @> array[:key::uuid] and auth_method = 'system'")
                .param("key", key.id())
                .query(UUID.class)
                .list();
        assertThat(requests).hasSize(1);
        AuditRecordForm record =
                node.bean(AuditRecordReader.class).ofRequest(requests.get(0)).get(0);
        assertThat(record.action()).isEqualTo("DestroyKey");
        assertThat(record.principal()).isEqualTo("system");
        assertThat(record.outcome()).isEqualTo("Success");
        assertThat(record.node()).isNotEmpty();
        assertThat(record.eventIds()).hasSize(1);
        assertThat(record.sourceIp()).isNull();
    }

    @Test
    void weak_material_is_imported_and_noted() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        AuditRecordForm record = recordOf(
                keys.importWith(parameters, parameters.wrap(new byte[32])).ok());

        assertThat(record.weakMaterial()).isNotEmpty();
        assertThat(record.eventIds()).hasSize(1);
    }

    @Test
    void a_replayed_use_is_not_answered_and_recorded_once_more_as_a_replay() {
        MadeKey key = keys.generated();
        Map<String, String> request = Kms.signed("Encrypt", Map.of("KeyId", key.id(), "Plaintext", Keys.HELLO));
        Reply first = kms.send("Encrypt", request).ok();
        Reply second = kms.send("Encrypt", request).refused(400, "SignatureNonceUsed");

        assertThat(recordOf(first).outcome()).isEqualTo("Success");
        AuditRecordForm replay = recordOf(second);
        assertThat(replay.outcome()).isEqualTo("Unauthenticated");
        assertThat(replay.errorCode()).isEqualTo("SignatureNonceUsed");
        assertThat(replay.replayProtected()).isFalse();
    }

    @Test
    void tagging_many_keys_is_one_record_with_all_of_them() {
        MadeKey one = keys.external();
        MadeKey other = keys.external();
        AuditRecordForm record = recordOf(kms.call(
                        "TagResources",
                        Map.of(
                                "RegionId", "cn-hangzhou",
                                "ResourceType", "key",
                                "ResourceId.1", one.id(),
                                "ResourceId.2", other.id(),
                                "Tag.1.Key", "k"))
                .ok());

        assertThat(record.keyIds()).containsExactlyInAnyOrder(one.id(), other.id());
        assertThat(record.keyStateVersions()).containsExactly(1L, 1L);
        assertThat(record.eventIds()).hasSize(2);
    }

    @Test
    void moving_an_alias_names_both_keys_the_new_one_first() {
        MadeKey one = keys.external();
        MadeKey other = keys.external();
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", one.id()).ok();
        AuditRecordForm moved = recordOf(
                kms.call("UpdateAlias", "AliasName", alias, "KeyId", other.id()).ok());
        AuditRecordForm deleted =
                recordOf(kms.call("DeleteAlias", "AliasName", alias).ok());

        assertThat(moved.keyIds()).containsExactly(other.id(), one.id());
        assertThat(moved.aliasUsed()).isEqualTo(alias);
        assertThat(deleted.keyIds()).containsExactly(other.id());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
