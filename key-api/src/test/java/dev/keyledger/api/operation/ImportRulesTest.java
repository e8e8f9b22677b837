package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import java.nio.charset.StandardCharsets;
import java.security.spec.MGF1ParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Bringing one's own key, over HTTP: what the vendor's pages "Import key material" and "ImportKeyMaterial" say and what they leave open. */
@ExtendWith(NodeExtension.class)
class ImportRulesTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private TestNode node;
    private Kms kms;
    private Keys keys;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    ImportRulesTest() {}

    @BeforeEach
    void connect(TestNode node, Kms kms, Keys keys) {
        this.node = node;
        this.kms = kms;
        this.keys = keys;
    }

    private Instant now() {
        return node.bean(TestClock.class).read().now();
    }

    private void advance(Duration duration) {
        TestClock clock = node.bean(TestClock.class);
        clock.advance(duration);
        clock.refresh();
    }

    private static String unix(Instant instant) {
        return Long.toString(instant.getEpochSecond());
    }

    private Reply importWithExpiry(MadeKey key, String expiry) {
        IssuedParameters parameters = keys.parameters(key.id());
        return keys.importWith(parameters, parameters.wrap(key.material()), "KeyMaterialExpireUnix", expiry);
    }

    private MadeKey expiringIn(Duration duration) {
        MadeKey key = keys.external();
        importWithExpiry(key, unix(now().plus(duration))).ok();
        return key;
    }

    private String expiry(MadeKey key) {
        return keys.describe(key).text("KeyMetadata.MaterialExpireTime");
    }

    @Test
    void a_past_expiry_is_refused_and_changes_nothing() {
        MadeKey key = keys.external();

        Reply reply = importWithExpiry(key, unix(now().minusSeconds(2)));

        assertThat(reply.refused(400, "InvalidParameter").message()).contains("KeyMaterialExpireUnix");
        assertThat(keys.state(key)).isEqualTo("PendingImport");
    }

    @Test
    void a_past_expiry_leaves_the_material_and_expiry_of_an_enabled_key() {
        MadeKey key = expiringIn(HOUR);
        String before = expiry(key);

        importWithExpiry(key, unix(now().minusSeconds(2))).refused(400, "InvalidParameter");

        assertThat(expiry(key)).isEqualTo(before);
        assertThat(keys.use(key)).isEqualTo("ok");
    }

    @Test
    void the_present_second_is_accepted_and_over_at_once() {
        MadeKey key = keys.external();
        Reply reply = importWithExpiry(key, unix(now()));
        for (int n = 0; n < 5 && !reply.code().equals("ok"); n++) {
            // The second was over before the request was read.
            reply = importWithExpiry(key, unix(now()));
        }

        reply.ok();
        assertThat(keys.state(key)).isEqualTo("PendingImport");
        assertThat(keys.use(key)).isEqualTo("Rejected.PendingImport");
    }

    @Test
    void a_second_import_without_expiry_makes_the_material_last_for_ever() {
        MadeKey key = expiringIn(HOUR);
        assertThat(expiry(key)).isNotEmpty();

        keys.importInto(key.id(), key.material()).ok();
        assertThat(expiry(key)).isEmpty();

        importWithExpiry(key, unix(now().plus(HOUR))).ok();
        importWithExpiry(key, "0").ok();
        assertThat(expiry(key)).isEmpty();

        advance(HOUR.multipliedBy(2));
        assertThat(keys.use(key)).isEqualTo("ok");
    }

    @Test
    void cancelling_a_deletion_enables_a_key_with_material_even_if_it_was_disabled() {
        MadeKey key = keys.in("EXTERNAL", "Disabled");
        keys.schedule(key);

        kms.call("CancelKeyDeletion", "KeyId", key.id()).ok();

        assertThat(keys.state(key)).isEqualTo("Enabled");
        assertThat(keys.describe(key).text("KeyMetadata.DeleteDate")).isEmpty();
    }

    @Test
    void cancelling_the_deletion_of_a_key_without_material_leaves_it_pending_import() {
        MadeKey neverImported = keys.external();
        keys.schedule(neverImported);
        MadeKey deletedMeanwhile = keys.in("EXTERNAL", "PendingDeletion");
        kms.call("DeleteKeyMaterial", "KeyId", deletedMeanwhile.id()).ok();
        assertThat(keys.state(deletedMeanwhile)).isEqualTo("PendingDeletion");
        MadeKey expiredMeanwhile = expiringIn(HOUR);
        keys.schedule(expiredMeanwhile);
        advance(HOUR);
        assertThat(keys.state(expiredMeanwhile)).isEqualTo("PendingDeletion");

        for (MadeKey key : List.of(neverImported, deletedMeanwhile, expiredMeanwhile)) {
            kms.call("CancelKeyDeletion", "KeyId", key.id()).ok();
            assertThat(keys.state(key)).isEqualTo("PendingImport");
        }
    }

    @Test
    void a_disabled_key_forgets_that_it_was_disabled_when_its_material_goes() {
        MadeKey expired = expiringIn(HOUR);
        kms.call("DisableKey", "KeyId", expired.id()).ok();
        advance(HOUR);
        MadeKey deleted = keys.in("EXTERNAL", "Disabled");
        kms.call("DeleteKeyMaterial", "KeyId", deleted.id()).ok();

        for (MadeKey key : List.of(expired, deleted)) {
            assertThat(keys.state(key)).isEqualTo("PendingImport");
            keys.importInto(key.id(), key.material()).ok();
            assertThat(keys.state(key)).isEqualTo("Enabled");
        }
    }

    @Test
    void importing_again_keeps_the_state_and_resets_the_expiry() {
        for (String state : List.of("Enabled", "Disabled")) {
            MadeKey key = keys.in("EXTERNAL", state);
            Instant expiresAt = now().plus(HOUR);

            importWithExpiry(key, unix(expiresAt)).ok();

            assertThat(keys.state(key)).isEqualTo(state);
            assertThat(Instant.parse(expiry(key)).getEpochSecond()).isEqualTo(expiresAt.getEpochSecond());
        }
    }

    @Test
    void other_material_is_refused_and_the_old_stays() {
        MadeKey key = keys.imported(Keys.material());
        importWithExpiry(key, unix(now().plus(HOUR))).ok();
        String before = expiry(key);

        keys.importInto(key.id(), Keys.material()).refused(400, "InvalidKeyMaterial");

        assertThat(expiry(key)).isEqualTo(before);
        kms.call("Decrypt", "CiphertextBlob", key.blob()).ok();
    }

    @Test
    void the_binding_to_one_material_outlives_the_material() {
        MadeKey deleted = keys.in("EXTERNAL", "PendingImport");
        MadeKey expired = expiringIn(HOUR);
        advance(HOUR);

        for (MadeKey key : List.of(deleted, expired)) {
            keys.importInto(key.id(), Keys.material()).refused(400, "InvalidKeyMaterial");
            keys.importInto(key.id(), key.material()).ok();
            assertThat(keys.state(key)).isEqualTo("Enabled");
        }
        // What was encrypted before opens again.
        kms.call("Decrypt", "CiphertextBlob", deleted.blob()).ok();
    }

    @Test
    void equal_material_in_two_keys_does_not_make_their_ciphertexts_interchangeable() {
        byte[] material = Keys.material();
        MadeKey one = keys.imported(material);
        MadeKey other = keys.imported(material);
        byte[] blob = Base64.getDecoder().decode(one.blob());
        byte[] moved = new String(blob, StandardCharsets.ISO_8859_1)
                .replace(one.id(), other.id())
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThat(moved).isNotEqualTo(blob);
        kms.call("Decrypt", "CiphertextBlob", Keys.base64(moved)).refused(400, "InvalidParameter");
    }

    @Test
    void every_way_of_bringing_no_material_looks_the_same() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        OAEPParameterSpec sha1 =
                new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);

        List<String> wrong = List.of(
                Keys.base64(Keys.material()),
                Keys.base64(new byte[256]),
                Keys.base64(new byte[257]),
                Keys.wrap(parameters.publicKey(), key.material(), sha1),
                parameters.wrap(new byte[31]),
                parameters.wrap(new byte[33]),
                keys.parameters(key.id()).wrap(key.material()));

        for (String encrypted : wrong) {
            Reply reply = keys.importWith(parameters, encrypted);
            assertThat(reply.refused(400, "InvalidKeyMaterial").message()).isEqualTo("key material is invalid.");
        }
        assertThat(keys.state(key)).isEqualTo("PendingImport");
    }

    @Test
    void a_default_java_oaep_sha_256_is_refused_with_a_hint() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        OAEPParameterSpec javaDefault =
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);

        Reply reply = keys.importWith(parameters, Keys.wrap(parameters.publicKey(), key.material(), javaDefault));

        assertThat(reply.refused(400, "InvalidKeyMaterial").message()).contains("MGF1");
    }

    @Test
    void a_token_of_one_key_never_imports_into_another() {
        MadeKey one = keys.external();
        MadeKey other = keys.external();
        IssuedParameters ofOther = keys.parameters(other.id());
        IssuedParameters swapped = new IssuedParameters(one.id(), ofOther.token(), ofOther.publicKey());

        keys.importWith(swapped, ofOther.wrap(one.material())).refused(400, "InvalidImportToken");

        assertThat(keys.state(one)).isEqualTo("PendingImport");
        assertThat(keys.state(other)).isEqualTo("PendingImport");
        // It cost the other key's token nothing.
        keys.importWith(ofOther, ofOther.wrap(other.material())).ok();
    }

    @Test
    void a_changed_token_is_refused() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        byte[] token = Base64.getDecoder().decode(parameters.token());
        for (int at : new int[] {0, 1, token.length / 2, token.length - 1}) {
            byte[] forged = token.clone();
            forged[at] ^= 1;
            IssuedParameters changed = new IssuedParameters(key.id(), Keys.base64(forged), parameters.publicKey());
            keys.importWith(changed, parameters.wrap(key.material())).refused(400, "InvalidImportToken");
        }
        IssuedParameters cut = new IssuedParameters(
                key.id(), Keys.base64(Arrays.copyOf(token, token.length - 1)), parameters.publicKey());
        keys.importWith(cut, parameters.wrap(key.material())).refused(400, "InvalidImportToken");
        assertThat(keys.state(key)).isEqualTo("PendingImport");
    }

    @Test
    void a_token_lives_twenty_four_hours_whatever_it_is_used_for() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        String wrapped = parameters.wrap(key.material());
        advance(Duration.ofHours(23));
        keys.importWith(parameters, wrapped).ok();
        // Not used up, and not replaced by a newer one.
        IssuedParameters newer = keys.parameters(key.id());
        keys.importWith(parameters, wrapped).ok();

        advance(HOUR);

        keys.importWith(parameters, wrapped).refused(400, "ExpiredImportToken");
        keys.importWith(newer, newer.wrap(key.material())).ok();
    }

    @Test
    void a_token_that_is_long_over_is_still_expired_and_not_unknown() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        String wrapped = parameters.wrap(key.material());

        advance(Duration.ofDays(4));

        keys.importWith(parameters, wrapped).refused(400, "ExpiredImportToken");
    }

    @Test
    void an_expired_token_of_another_key_is_expired_first() {
        MadeKey one = keys.external();
        MadeKey other = keys.external();
        IssuedParameters ofOther = keys.parameters(other.id());
        String wrapped = ofOther.wrap(one.material());
        advance(Duration.ofHours(24));

        keys.importWith(new IssuedParameters(one.id(), ofOther.token(), ofOther.publicKey()), wrapped)
                .refused(400, "ExpiredImportToken");
    }

    @Test
    void each_call_gives_another_key_pair_and_token() {
        MadeKey key = keys.external();
        IssuedParameters first = keys.parameters(key.id());
        IssuedParameters second = keys.parameters(key.id());

        assertThat(first.token()).isNotEqualTo(second.token());
        assertThat(first.publicKey()).isNotEqualTo(second.publicKey()).hasSize(392);
        // Both must be used together.
        keys.importWith(first, second.wrap(key.material())).refused(400, "InvalidKeyMaterial");
    }

    @Test
    void the_token_says_which_key_is_meant_when_the_request_does_not() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());

        kms.call(
                        "ImportKeyMaterial",
                        "EncryptedKeyMaterial",
                        parameters.wrap(key.material()),
                        "ImportToken",
                        parameters.token())
                .ok();

        assertThat(keys.state(key)).isEqualTo("Enabled");
    }

    @Test
    void deleting_material_that_is_not_there_succeeds_and_changes_nothing() {
        MadeKey key = keys.external();

        kms.call("DeleteKeyMaterial", "KeyId", key.id()).ok();

        assertThat(keys.state(key)).isEqualTo("PendingImport");
        assertThat(eventsOf(key)).isEqualTo(1);
    }

    @Test
    void parameters_issued_while_pending_deletion_work_after_a_cancel() {
        MadeKey key = keys.external();
        keys.schedule(key);
        IssuedParameters parameters = keys.parameters(key.id());
        String wrapped = parameters.wrap(key.material());
        keys.importWith(parameters, wrapped).refused(409, "Rejected.StateModifiedFailed");

        kms.call("CancelKeyDeletion", "KeyId", key.id()).ok();
        keys.importWith(parameters, wrapped).ok();

        assertThat(keys.state(key)).isEqualTo("Enabled");
    }

    @Test
    void from_the_second_of_its_expiry_on_material_is_gone_for_every_reader() {
        MadeKey key = expiringIn(HOUR);
        String blob = keys.encrypted(key.id());
        Instant expiresAt = Instant.parse(expiry(key));
        advance(Duration.between(now(), expiresAt).minusSeconds(30));
        assertThat(keys.use(key)).isEqualTo("ok");

        advance(Duration.ofSeconds(30));

        assertThat(now()).isAfterOrEqualTo(expiresAt);
        assertThat(keys.state(key)).isEqualTo("PendingImport");
        assertThat(expiry(key)).isEmpty();
        assertThat(keys.use(key)).isEqualTo("Rejected.PendingImport");
        kms.call("Decrypt", "CiphertextBlob", blob).refused(409, "Rejected.PendingImport");
        String filter = "[{\"Key\":\"KeyState\",\"Values\":[\"PendingImport\"]}]";
        assertThat(kms.call("ListKeys", "Filters", filter, "PageSize", "100", "PageNumber", lastPage(filter))
                        .ok()
                        .all("Keys.Key", "KeyId"))
                .contains(key.id());
    }

    private String lastPage(String filter) {
        int total =
                Integer.parseInt(kms.call("ListKeys", "Filters", filter).ok().text("TotalCount"));
        return Integer.toString((total + 99) / 100);
    }

    @Test
    void a_key_has_no_version_before_its_first_import_and_one_ever_after() {
        MadeKey key = keys.external();
        assertThat(keys.describe(key).text("KeyMetadata.PrimaryKeyVersion")).isEmpty();
        assertThat(kms.call("ListKeyVersions", "KeyId", key.id()).ok().text("TotalCount"))
                .isEqualTo("0");

        keys.importInto(key.id(), key.material()).ok();
        String version = keys.describe(key).text("KeyMetadata.PrimaryKeyVersion");
        assertThat(UUID.fromString(version)).isNotNull();

        kms.call("DeleteKeyMaterial", "KeyId", key.id()).ok();
        assertThat(keys.describe(key).text("KeyMetadata.PrimaryKeyVersion")).isEqualTo(version);
        keys.importInto(key.id(), key.material()).ok();
        assertThat(kms.call("ListKeyVersions", "KeyId", key.id()).ok().all("KeyVersions.KeyVersion", "KeyVersionId"))
                .containsExactly(version);
    }

    @Test
    void deletion_of_material_keeps_metadata_aliases_and_tags() {
        MadeKey key = keys.imported(Keys.material());
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", key.id()).ok();
        kms.call("TagResource", "KeyId", key.id(), "Tags", "[{\"TagKey\":\"k\",\"TagValue\":\"v\"}]")
                .ok();
        kms.call("UpdateKeyDescription", "KeyId", key.id(), "Description", "kept")
                .ok();

        kms.call("DeleteKeyMaterial", "KeyId", key.id()).ok();

        assertThat(kms.call("DescribeKey", "KeyId", alias).ok().text("KeyMetadata.Description"))
                .isEqualTo("kept");
        assertThat(kms.call("ListResourceTags", "KeyId", key.id()).ok().all("Tags.Tag", "TagKey"))
                .containsExactly("k");
    }

    /** Origin, state, token's time, token's key, material: whatever comes first is the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"origin", "state", "token", "material"})
    void of_several_mistakes_the_earlier_is_told(String first) {
        MadeKey key = switch (first) {
            case "origin" -> keys.in("Aliyun_KMS", "PendingDeletion");
            case "state" -> keys.in("EXTERNAL", "PendingDeletion");
            default -> keys.imported(Keys.material());
        };
        String token = first.equals("material") ? keys.parameters(key.id()).token() : "bm8gdG9rZW4=";

        Reply reply = keys.importWith(new IssuedParameters(key.id(), token, ""), Keys.base64(new byte[256]));

        assertThat(reply.code())
                .isEqualTo(
                        switch (first) {
                            case "origin" -> "Unsupported.Origin";
                            case "state" -> "Rejected.StateModifiedFailed";
                            case "token" -> "InvalidImportToken";
                            default -> "InvalidKeyMaterial";
                        });
        // A past expiry is a matter of parameters and comes before all of them.
        keys.importWith(
                        new IssuedParameters(key.id(), token, ""),
                        Keys.base64(new byte[256]),
                        "KeyMaterialExpireUnix",
                        "1")
                .refused(400, "InvalidParameter");
    }

    @Test
    void sixteen_failures_kill_a_token_and_that_is_a_fact() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        String garbage = Keys.base64(Keys.material());
        for (int n = 0; n < 15; n++) {
            keys.importWith(parameters, garbage).refused(400, "InvalidKeyMaterial");
            // A success gives its own counted failure back.
            if (n == 7) {
                keys.importWith(parameters, parameters.wrap(key.material())).ok();
            }
        }
        assertThat(exhaustions(key)).isZero();

        keys.importWith(parameters, garbage).refused(400, "InvalidKeyMaterial");

        assertThat(exhaustions(key)).isEqualTo(1);
        keys.importWith(parameters, parameters.wrap(key.material())).refused(400, "InvalidImportToken");
        assertThat(exhaustions(key)).isEqualTo(1);
        // Another token of the key is none the worse.
        keys.importInto(key.id(), key.material()).ok();
    }

    private int exhaustions(MadeKey key) {
        return node.bean(JdbcClient.class)
                .sql("""
                        select count(*) from domain_event
                        where aggregate_identifier = :key and payload_type = 'keyledger.key.import-token-exhausted'
                        """)
                .param("key", key.id())
                .query(Integer.class)
                .single();
    }

    private int eventsOf(MadeKey key) {
        return node.bean(JdbcClient.class)
                .sql("select count(*) from domain_event where aggregate_identifier = :key")
                .param("key", key.id())
                .query(Integer.class)
                .single();
    }

    @Test
    void a_key_is_gone_for_every_operation_when_its_window_is_over() {
        MadeKey key = keys.in("EXTERNAL", "PendingDeletion");
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CancelKeyDeletion", "KeyId", key.id()).ok();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", key.id()).ok();
        keys.schedule(key);

        advance(Duration.ofDays(7));
        awaitGone(key);

        for (String operation : List.of("DescribeKey", "EnableKey", "CancelKeyDeletion", "ListKeyVersions")) {
            kms.call(operation, "KeyId", key.id()).refused(404, "Forbidden.KeyNotFound");
        }
        kms.call("Decrypt", "CiphertextBlob", key.blob()).refused(404, "Forbidden.KeyNotFound");
        kms.call("DescribeKey", "KeyId", alias).refused(404, "Forbidden.AliasNotFound");
        kms.call("DeleteAlias", "AliasName", alias).refused(404, "Forbidden.AliasNotFound");
    }

    private void awaitGone(MadeKey key) {
        Instant patience = Instant.now().plusSeconds(60);
        while (kms.call("DescribeKey", "KeyId", key.id()).status() == 200) {
            assertThat(Instant.now()).as("the key's destruction").isBefore(patience);
            Thread.onSpinWait();
        }
    }
}
