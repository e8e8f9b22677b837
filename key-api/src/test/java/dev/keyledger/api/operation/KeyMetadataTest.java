package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.cmk.KeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What a key says about itself: CreateKey, DescribeKey, ListKeys, SetDeletionProtection, aliases and ARNs. */
@ExtendWith(NodeExtension.class)
class KeyMetadataTest {

    private static final String WHOLE_SECONDS = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";

    @Test
    void a_generated_key_says_exactly_what_the_vendor_documents(TestNode node, Kms kms) {
        Reply created = kms.call("CreateKey", "Description", "Schl\u00fcssel").ok();
        String id = created.text("KeyMetadata.KeyId");
        Map<String, String> described =
                metadata(kms.call("DescribeKey", "KeyId", id).ok());

        assertThat(KeyId.isKeyId(id)).isTrue();
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("KeyId", id);
        expected.put("Arn", node.keyledger().identity().keyArn(id));
        expected.put("CreationDate", described.get("CreationDate"));
        expected.put("Description", "Schl\u00fcssel");
        expected.put("KeyState", "Enabled");
        expected.put("KeyUsage", "ENCRYPT/DECRYPT");
        expected.put("KeySpec", "Aliyun_AES_256");
        expected.put("DeleteDate", "");
        expected.put("Creator", node.keyledger().identity().accountId());
        expected.put("Origin", "Aliyun_KMS");
        expected.put("MaterialExpireTime", "");
        expected.put("ProtectionLevel", "SOFTWARE");
        expected.put("PrimaryKeyVersion", described.get("PrimaryKeyVersion"));
        expected.put("LastRotationDate", described.get("CreationDate"));
        expected.put("AutomaticRotation", "Disabled");
        assertThat(metadata(created)).isEqualTo(expected);
        assertThat(described.get("CreationDate")).matches(WHOLE_SECONDS);
        assertThat(UUID.fromString(described.get("PrimaryKeyVersion"))).isNotNull();

        expected.put("DeletionProtection", "Disabled");
        expected.put("DeletionProtectionDescription", "");
        assertThat(described).isEqualTo(expected);
    }

    @Test
    void an_external_key_waits_without_version_or_dates(Kms kms) {
        Map<String, String> created =
                metadata(kms.call("CreateKey", "Origin", "EXTERNAL").ok());

        assertThat(created)
                .containsEntry("KeyState", "PendingImport")
                .containsEntry("Origin", "EXTERNAL")
                .containsEntry("PrimaryKeyVersion", "")
                .containsEntry("LastRotationDate", "")
                .containsEntry("MaterialExpireTime", "")
                .containsEntry("DeleteDate", "");
    }

    @Test
    void the_date_of_deletion_shows_only_while_it_is_pending(TestNode node, Kms kms, Keys keys) {
        MadeKey key = keys.generated();
        Instant before = node.bean(TestClock.class).read().now();
        kms.call("ScheduleKeyDeletion", "KeyId", key.id(), "PendingWindowInDays", "30")
                .ok();

        String deleteDate = keys.describe(key).text("KeyMetadata.DeleteDate");
        assertThat(deleteDate).matches(WHOLE_SECONDS);
        assertThat(Instant.parse(deleteDate))
                .isBetween(
                        before.plus(Duration.ofDays(30)).minusSeconds(1),
                        before.plus(Duration.ofDays(30)).plusSeconds(60));

        kms.call("CancelKeyDeletion", "KeyId", key.id()).ok();
        assertThat(keys.describe(key).text("KeyMetadata.DeleteDate")).isEmpty();
    }

    @Test
    void a_key_is_found_by_id_alias_and_the_arn_of_either(TestNode node, Kms kms, Keys keys) {
        MadeKey key = keys.generated();
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", key.id()).ok();
        var identity = node.keyledger().identity();

        for (String reference : List.of(key.id(), alias, identity.keyArn(key.id()), identity.aliasArn(alias))) {
            // Whatever names the key, the answer has its id.
            assertThat(kms.call("DescribeKey", "KeyId", reference).ok().text("KeyMetadata.KeyId"))
                    .isEqualTo(key.id());
            assertThat(kms.call("Encrypt", "KeyId", reference, "Plaintext", Keys.HELLO)
                            .ok()
                            .text("KeyId"))
                    .isEqualTo(key.id());
        }
        kms.call("ListAliasesByKeyId", "KeyId", identity.keyArn(key.id())).ok();
        kms.call("ListAliasesByKeyId", "KeyId", identity.aliasArn(alias)).refused(400, "Unsupported.Alias");
    }

    @Test
    void listing_filters_by_what_a_key_is(Kms kms, Keys keys) {
        MadeKey enabled = keys.generated();
        MadeKey disabled = keys.in("Aliyun_KMS", "Disabled");
        MadeKey external = keys.external();
        int all = Integer.parseInt(kms.call("ListKeys").ok().text("TotalCount"));

        assertThat(listed(kms, "[{\"Key\":\"KeyState\",\"Values\":[\"Disabled\"]}]"))
                .contains(disabled.id())
                .doesNotContain(enabled.id(), external.id());
        assertThat(listed(kms, "[{\"Key\":\"KeyState\",\"Values\":[\"Disabled\",\"PendingImport\"]}]"))
                .contains(disabled.id(), external.id())
                .doesNotContain(enabled.id());
        // The same key twice is a choice, different keys must all match.
        assertThat(listed(
                        kms,
                        "[{\"Key\":\"KeyState\",\"Values\":[\"Disabled\"]},{\"Key\":\"KeyState\",\"Values\":[\"PendingImport\"]},"
                                + "{\"Key\":\"KeySpec\",\"Values\":[\"Aliyun_AES_256\"]}]"))
                .contains(disabled.id(), external.id())
                .doesNotContain(enabled.id());
        assertThat(
                        listed(
                                kms,
                                "[{\"Key\":\"KeyState\",\"Values\":[\"Disabled\"]},{\"Key\":\"KeySpec\",\"Values\":[\"RSA_2048\"]}]"))
                .isEmpty();
        assertThat(listed(
                        kms,
                        "[{\"Key\":\"KeyUsage\",\"Values\":[\"ENCRYPT/DECRYPT\"]},{\"Key\":\"ProtectionLevel\",\"Values\":[\"SOFTWARE\"]},"
                                + "{\"Key\":\"CreatorType\",\"Values\":[\"User\"]}]"))
                .hasSize(all);
        assertThat(listed(kms, "[{\"Key\":\"CreatorType\",\"Values\":[\"Service\"]}]"))
                .isEmpty();
        assertThat(listed(kms, "[{\"Key\":\"DKMSInstanceId\",\"Values\":[\"kst-1\"]}]"))
                .isEmpty();
        assertThat(listed(kms, "[]")).hasSize(all);
    }

    @Test
    void pages_hold_together_and_end_in_an_empty_one(TestNode node, Kms kms, Keys keys) {
        for (int n = 0; n < 3; n++) {
            keys.external();
        }
        Reply first = kms.call("ListKeys", "PageSize", "2").ok();
        int total = Integer.parseInt(first.text("TotalCount"));

        assertThat(first.text("PageNumber")).isEqualTo("1");
        assertThat(first.text("PageSize")).isEqualTo("2");
        assertThat(first.all("Keys.Key", "KeyId")).hasSize(2);
        assertThat(first.all("Keys.Key", "KeyArn"))
                .isEqualTo(first.all("Keys.Key", "KeyId").stream()
                        .map(node.keyledger().identity()::keyArn)
                        .toList());
        assertThat(kms.call("ListKeys").ok().text("PageSize")).isEqualTo("10");
        Reply beyond = kms.call("ListKeys", "PageNumber", "2147483647", "PageSize", "100")
                .ok();
        assertThat(beyond.all("Keys.Key", "KeyId")).isEmpty();
        assertThat(beyond.text("TotalCount")).isEqualTo(Integer.toString(total));
    }

    @Test
    void a_protected_key_cannot_be_scheduled_for_deletion(TestNode node, Kms kms, Keys keys) {
        MadeKey key = keys.generated();
        String arn = node.keyledger().identity().keyArn(key.id());
        kms.call(
                        "SetDeletionProtection",
                        "ProtectedResourceArn",
                        arn,
                        "EnableDeletionProtection",
                        "true",
                        "DeletionProtectionDescription",
                        "in use")
                .ok();

        assertThat(metadata(keys.describe(key)))
                .containsEntry("DeletionProtection", "Enabled")
                .containsEntry("DeletionProtectionDescription", "in use");
        kms.call("ScheduleKeyDeletion", "KeyId", key.id(), "PendingWindowInDays", "7")
                .refused(409, "Rejected.StateModifiedFailed");

        kms.call("SetDeletionProtection", "KeyId", key.id(), "EnableDeletionProtection", "false")
                .ok();
        assertThat(metadata(keys.describe(key)))
                .containsEntry("DeletionProtection", "Disabled")
                .containsEntry("DeletionProtectionDescription", "");
        keys.schedule(key);
    }

    @Test
    void an_empty_description_clears_it(Kms kms, Keys keys) {
        MadeKey key = keys.external();
        kms.call("UpdateKeyDescription", "KeyId", key.id(), "Description", "\u6797 \ud83d\ude00 'x'")
                .ok();
        assertThat(keys.describe(key).text("KeyMetadata.Description")).isEqualTo("\u6797 \ud83d\ude00 'x'");

        kms.call("UpdateKeyDescription", "KeyId", key.id(), "Description", "").ok();
        assertThat(keys.describe(key).text("KeyMetadata.Description")).isEmpty();
    }

    private static List<String> listed(Kms kms, String filters) {
        List<String> found = new ArrayList<>();
        for (int page = 1; ; page++) {
            List<String> ids = kms.call(
                            "ListKeys", "Filters", filters, "PageSize", "100", "PageNumber", Integer.toString(page))
                    .ok()
                    .all("Keys.Key", "KeyId");
            found.addAll(ids);
            if (ids.size() < 100) {
                return found;
            }
        }
    }

    private static Map<String, String> metadata(Reply reply) {
        JsonNode object = reply.body().get("KeyMetadata");
        Map<String, String> members = new LinkedHashMap<>();
        StreamSupport.stream(object.properties().spliterator(), false).forEach(member -> {
            assertThat(member.getValue().isString()).as(member.getKey()).isTrue();
            members.put(member.getKey(), member.getValue().stringValue());
        });
        return members;
    }
}
