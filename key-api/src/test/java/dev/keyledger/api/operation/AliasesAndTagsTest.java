package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Aliases, tags and key versions as their operations tell them. */
@ExtendWith(NodeExtension.class)
class AliasesAndTagsTest {

    @Test
    void an_alias_is_made_moved_and_removed(TestNode node, Kms kms, Keys keys) {
        MadeKey one = keys.generated();
        MadeKey other = keys.generated();
        String alias = freshAlias();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", one.id()).ok();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", other.id()).refused(400, "AliasAlreadyExists");

        kms.call("UpdateAlias", "AliasName", alias, "KeyId", other.id()).ok();
        assertThat(kms.call("ListAliasesByKeyId", "KeyId", one.id()).ok().text("TotalCount"))
                .isEqualTo("0");
        Reply listed = kms.call("ListAliasesByKeyId", "KeyId", other.id()).ok();
        assertThat(listed.all("Aliases.Alias", "AliasName")).containsExactly(alias);
        assertThat(listed.all("Aliases.Alias", "KeyId")).containsExactly(other.id());
        assertThat(listed.all("Aliases.Alias", "AliasArn"))
                .containsExactly(node.keyledger().identity().aliasArn(alias));

        kms.call("DeleteAlias", "AliasName", alias).ok();
        kms.call("DescribeKey", "KeyId", alias).refused(404, "Forbidden.AliasNotFound");
        kms.call("UpdateAlias", "AliasName", alias, "KeyId", one.id()).refused(404, "Forbidden.AliasNotFound");
        // The name is free again.
        kms.call("CreateAlias", "AliasName", alias, "KeyId", one.id()).ok();
        assertThat(kms.call("DescribeKey", "KeyId", alias).ok().text("KeyMetadata.KeyId"))
                .isEqualTo(one.id());
    }

    @Test
    void the_longest_alias_works_and_shows_in_the_list_of_all(Kms kms, Keys keys) {
        String alias = "alias/" + (UUID.randomUUID() + "_/" + "x".repeat(255)).substring(0, 255);
        kms.call("CreateAlias", "AliasName", alias, "KeyId", keys.external().id())
                .ok();

        List<String> all = new ArrayList<>();
        for (int page = 1; ; page++) {
            List<String> names = kms.call("ListAliases", "PageSize", "100", "PageNumber", Integer.toString(page))
                    .ok()
                    .all("Aliases.Alias", "AliasName");
            all.addAll(names);
            if (names.size() < 100) {
                break;
            }
        }
        assertThat(all).contains(alias);
    }

    @Test
    void tags_are_added_replaced_and_removed(Kms kms, Keys keys) {
        MadeKey key = keys.external();
        tag(kms, key, "[{\"TagKey\":\"a\",\"TagValue\":\"1\"},{\"TagKey\":\"b/\\\\_-.+=:@\u6797\",\"TagValue\":\"\"}]");
        tag(kms, key, "[{\"TagKey\":\"a\",\"TagValue\":\"2\"},{\"TagKey\":\"c\"}]");

        Reply tags = kms.call("ListResourceTags", "KeyId", key.id()).ok();
        assertThat(tags.all("Tags.Tag", "TagKey")).containsExactlyInAnyOrder("a", "b/\\_-.+=:@\u6797", "c");
        assertThat(tags.text("Tags.Tag.0.TagValue")).isEqualTo("2");
        assertThat(tags.all("Tags.Tag", "KeyId")).containsOnly(key.id());

        Reply removed = kms.call("UntagResource", "KeyId", key.id(), "TagKeys", "[\"a\",\"never-there\"]")
                .ok();
        assertThat(removed.text("KeyId")).isEqualTo(key.id());
        assertThat(kms.call("ListResourceTags", "KeyId", key.id()).ok().all("Tags.Tag", "TagKey"))
                .containsExactlyInAnyOrder("b/\\_-.+=:@\u6797", "c");
    }

    @Test
    void a_key_has_at_most_twenty_tags_and_one_too_many_refuses_all(Kms kms, Keys keys) {
        MadeKey key = keys.external();
        StringBuilder nineteen = new StringBuilder();
        for (int n = 1; n <= 19; n++) {
            nineteen.append(n == 1 ? "[" : ",")
                    .append("{\"TagKey\":\"k")
                    .append(n)
                    .append("\",\"TagValue\":\"v\"}");
        }
        tag(kms, key, nineteen + "]");

        kms.call(
                        "TagResource",
                        "KeyId",
                        key.id(),
                        "Tags",
                        "[{\"TagKey\":\"x\",\"TagValue\":\"v\"},{\"TagKey\":\"y\",\"TagValue\":\"v\"}]")
                .refused(400, "Rejected.LimitExceeded");

        assertThat(kms.call("ListResourceTags", "KeyId", key.id()).ok().all("Tags.Tag", "TagKey"))
                .hasSize(19)
                .doesNotContain("x", "y");
    }

    @Test
    void many_keys_are_tagged_all_or_none(Kms kms, Keys keys) {
        MadeKey one = keys.external();
        MadeKey other = keys.external();
        MadeKey pending = keys.in("Aliyun_KMS", "PendingDeletion");

        resources(kms, "TagResources", List.of(one, pending), "Tag.1.Key", "team", "Tag.1.Value", "x")
                .refused(409, "Rejected.PendingDeletion");
        assertThat(tagKeys(kms, one)).isEmpty();

        // A key named twice is tagged once.
        resources(
                        kms,
                        "TagResources",
                        List.of(one, other, one),
                        "Tag.1.Key",
                        "team",
                        "Tag.1.Value",
                        "x",
                        "Tag.2.Key",
                        "empty")
                .ok();
        assertThat(tagKeys(kms, one)).containsExactlyInAnyOrder("team", "empty");
        assertThat(tagKeys(kms, other)).containsExactlyInAnyOrder("team", "empty");

        resources(kms, "UntagResources", List.of(one), "TagKey.1", "team", "All", "true")
                .ok();
        assertThat(tagKeys(kms, one)).containsExactly("empty");
        resources(kms, "UntagResources", List.of(one, other), "All", "true").ok();
        assertThat(tagKeys(kms, one)).isEmpty();
        assertThat(tagKeys(kms, other)).isEmpty();
    }

    @Test
    void tags_are_listed_across_keys_in_pages(Kms kms, Keys keys) {
        String mark = UUID.randomUUID().toString();
        List<MadeKey> made = new ArrayList<>();
        for (int k = 0; k < 11; k++) {
            MadeKey key = keys.external();
            made.add(key);
            StringBuilder tags = new StringBuilder("[{\"TagKey\":\"mark\",\"TagValue\":\"" + mark + "\"}");
            for (int n = 1; n <= 18; n++) {
                tags.append(",{\"TagKey\":\"k").append(n).append("\",\"TagValue\":\"v\"}");
            }
            tag(kms, key, tags + "]");
        }

        // 11 keys with 19 tags each are 209 rows.
        Reply first = listTags(kms, Map.of("Tag.1.Key", "mark", "Tag.1.Value", mark));
        Reply second =
                listTags(kms, Map.of("Tag.1.Key", "mark", "Tag.1.Value", mark, "NextToken", first.text("NextToken")));

        assertThat(first.all("TagResources.TagResource", "TagKey")).hasSize(200);
        assertThat(second.all("TagResources.TagResource", "TagKey")).hasSize(9);
        assertThat(second.text("NextToken")).isEmpty();
        assertThat(second.all("TagResources.TagResource", "ResourceType")).containsOnly("key");
        List<String> all = new ArrayList<>(first.all("TagResources.TagResource", "ResourceId"));
        all.addAll(second.all("TagResources.TagResource", "ResourceId"));
        assertThat(all).containsOnly(made.stream().map(MadeKey::id).toArray(String[]::new));
        assertThat(listTags(kms, Map.of("ResourceId.1", made.get(0).id(), "Tag.1.Key", "mark", "Tag.1.Value", "other"))
                        .all("TagResources.TagResource", "TagKey"))
                .isEmpty();
    }

    @Test
    void there_are_no_secrets_to_list_tags_of(Kms kms) {
        Reply reply = kms.call("ListTagResources", "RegionId", "cn-hangzhou", "ResourceType", "secret")
                .ok();

        assertThat(reply.all("TagResources.TagResource", "TagKey")).isEmpty();
        assertThat(reply.text("NextToken")).isEmpty();
    }

    @Test
    void tags_given_at_creation_are_there(Kms kms) {
        String id = kms.call("CreateKey", "Tags", "[{\"TagKey\":\"team\",\"TagValue\":\"x\"}]")
                .ok()
                .text("KeyMetadata.KeyId");

        assertThat(kms.call("ListResourceTags", "KeyId", id).ok().all("Tags.Tag", "TagValue"))
                .containsExactly("x");
    }

    @Test
    void a_key_has_one_version_and_says_so(Kms kms, Keys keys) {
        MadeKey key = keys.generated();
        String version = keys.describe(key).text("KeyMetadata.PrimaryKeyVersion");
        Reply listed = kms.call("ListKeyVersions", "KeyId", key.id()).ok();
        Reply described = kms.call("DescribeKeyVersion", "KeyId", key.id(), "KeyVersionId", version)
                .ok();

        assertThat(listed.all("KeyVersions.KeyVersion", "KeyVersionId")).containsExactly(version);
        assertThat(listed.all("KeyVersions.KeyVersion", "CreationDate"))
                .containsExactly(keys.describe(key).text("KeyMetadata.CreationDate"));
        assertThat(described.text("KeyVersion.KeyId")).isEqualTo(key.id());
        assertThat(described.text("KeyVersion.KeyVersionId")).isEqualTo(version);
        assertThat(described.text("KeyVersion.CreationDate"))
                .isEqualTo(keys.describe(key).text("KeyMetadata.LastRotationDate"));
        kms.call("DescribeKeyVersion", "KeyId", keys.generated().id(), "KeyVersionId", version)
                .refused(404, "Forbidden.KeyVersionNotFound");
    }

    @Test
    void the_service_describes_itself(TestNode node, Kms kms) {
        assertThat(kms.call("DescribeRegions").ok().all("Regions.Region", "RegionId"))
                .containsExactly(node.keyledger().identity().region());
        assertThat(kms.call("DescribeAccountKmsStatus").ok().text("AccountStatus"))
                .isEqualTo("Enabled");
        kms.call("OpenKmsService").refused(400, "Forbidden.Opened");
        Reply service = kms.call("DescribeService").ok();
        assertThat(service.all("ProtectionLevels.ProtectionLevel", "Type")).containsExactly("SOFTWARE");
        assertThat(service.text("KeySpecs.KeySpec.0.Name")).isEqualTo("Aliyun_AES_256");
        assertThat(service.text("KeySpecs.KeySpec.0.SupportedProtectionLevels.SupportedProtectionLevel.0"))
                .isEqualTo("SOFTWARE");
        assertThat(service.text("KeySpecs.KeySpec.0.Usages.Usage.0")).isEqualTo("ENCRYPT/DECRYPT");
    }

    private static String freshAlias() {
        return "alias/" + UUID.randomUUID();
    }

    private static void tag(Kms kms, MadeKey key, String tags) {
        kms.call("TagResource", "KeyId", key.id(), "Tags", tags).ok();
    }

    private static List<String> tagKeys(Kms kms, MadeKey key) {
        return kms.call("ListResourceTags", "KeyId", key.id()).ok().all("Tags.Tag", "TagKey");
    }

    private static Reply listTags(Kms kms, Map<String, String> more) {
        Map<String, String> parameters = new HashMap<>(more);
        parameters.put("RegionId", "cn-hangzhou");
        parameters.put("ResourceType", "key");
        return kms.call("ListTagResources", parameters).ok();
    }

    private static Reply resources(Kms kms, String operation, List<MadeKey> keys, String... more) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("RegionId", "cn-hangzhou");
        parameters.put("ResourceType", "key");
        for (int n = 0; n < keys.size(); n++) {
            parameters.put("ResourceId." + (n + 1), keys.get(n).id());
        }
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return kms.call(operation, parameters);
    }
}
