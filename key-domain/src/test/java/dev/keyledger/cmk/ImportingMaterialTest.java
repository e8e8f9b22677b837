package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.EARLIER;
import static dev.keyledger.cmk.KeyEvents.IN_A_WEEK;
import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.OTHER_TOKEN;
import static dev.keyledger.cmk.KeyEvents.TOKEN;
import static dev.keyledger.cmk.KeyEvents.VERSION;
import static dev.keyledger.cmk.KeyEvents.created;
import static dev.keyledger.cmk.KeyEvents.deletionScheduled;
import static dev.keyledger.cmk.KeyEvents.disabled;
import static dev.keyledger.cmk.KeyEvents.exhausted;
import static dev.keyledger.cmk.KeyEvents.expiring;
import static dev.keyledger.cmk.KeyEvents.external;
import static dev.keyledger.cmk.KeyEvents.externalWithMaterial;
import static dev.keyledger.cmk.KeyEvents.generated;
import static dev.keyledger.cmk.KeyEvents.imported;
import static dev.keyledger.cmk.KeyEvents.issued;
import static dev.keyledger.cmk.KeyEvents.materialDeleted;
import static dev.keyledger.cmk.KeyEvents.materialExpired;
import static dev.keyledger.cmk.KeyPorts.MATERIAL;
import static dev.keyledger.cmk.KeyPorts.OTHER_MATERIAL;
import static dev.keyledger.cmk.KeyPorts.genuine;
import static dev.keyledger.cmk.KeyPorts.substitute;
import static dev.keyledger.cmk.KeyPorts.tagOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.ExhaustImportToken;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.refusal.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of the vendor's pages "GetParametersForImport", "ImportKeyMaterial" and "Import key material". */
class ImportingMaterialTest {

    private static final Duration DAY = Duration.ofHours(24);
    private static final Instant THIS_SECOND = Instant.parse("2026-11-24T10:00:00Z");

    private final CmkFixture fixture = new CmkFixture();

    // Tokens

    @Test
    void import_parameters_live_for_a_day() {
        fixture.given(List.of(created(Origin.EXTERNAL)))
                .when(new IssueImportParameters(KEY, WrappingAlgorithm.RSAES_PKCS1_V1_5, WrappingKeySpec.RSA_2048))
                .events(new ImportParametersIssued(
                        KEY,
                        KeyPorts.drawnToken(1),
                        WrappingAlgorithm.RSAES_PKCS1_V1_5,
                        WrappingKeySpec.RSA_2048,
                        NOW.plus(DAY),
                        NOW))
                .answered(new ImportParameters(KeyPorts.drawnToken(1), "token", "public key", NOW.plus(DAY)));
        assertThat(fixture.calls()).containsExactly("issue RSAES_PKCS1_V1_5 RSA_2048 " + NOW + " " + NOW.plus(DAY));
    }

    @Test
    void import_parameters_are_issued_even_while_pending_deletion() {
        fixture.given(externalWithMaterial(deletionScheduled(IN_A_WEEK)))
                .when(new IssueImportParameters(KEY, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048))
                .succeeded();
    }

    @Test
    void a_token_issued_while_pending_deletion_works_after_a_cancel() {
        fixture.given(external(
                        deletionScheduled(IN_A_WEEK),
                        issued(OTHER_TOKEN),
                        new KeyEvent.KeyDeletionCancelled(KEY, EARLIER)))
                .when(bring(OTHER_TOKEN, genuine(MATERIAL), null))
                .succeeded();
    }

    @Test
    void a_token_works_many_times() {
        fixture.given(externalWithMaterial()).when(bring(genuine(MATERIAL))).succeeded();
    }

    @Test
    void a_newer_token_leaves_the_older_alive() {
        fixture.given(external(issued(OTHER_TOKEN)))
                .when(bring(genuine(MATERIAL)))
                .succeeded();
    }

    @Test
    void a_token_this_key_never_issued_is_refused_even_with_genuine_material() {
        fixture.given(external())
                .when(bring(OTHER_TOKEN, genuine(MATERIAL), null))
                .refused(ErrorCode.INVALID_IMPORT_TOKEN)
                .because("not a token of this key");
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void a_token_works_to_the_end_of_its_day() {
        fixture.given(List.of(created(Origin.EXTERNAL), issued(TOKEN, NOW.minus(DAY))))
                .when(bring(genuine(MATERIAL)))
                .succeeded();
    }

    @Test
    void a_token_older_than_a_day_is_expired_even_if_the_material_would_match() {
        fixture.given(List.of(
                        created(Origin.EXTERNAL), issued(TOKEN, NOW.minus(DAY).minusMillis(1)), imported(null)))
                .when(bring(genuine(MATERIAL)))
                .refused(ErrorCode.EXPIRED_IMPORT_TOKEN);
    }

    @Test
    void a_token_that_lapsed_long_ago_is_expired_and_not_unknown() {
        fixture.given(List.of(
                        created(Origin.EXTERNAL), issued(TOKEN, NOW.minus(Duration.ofDays(400))), issued(OTHER_TOKEN)))
                .when(bring(genuine(MATERIAL)))
                .refused(ErrorCode.EXPIRED_IMPORT_TOKEN);
    }

    @Test
    void the_exhaustion_of_a_token_is_noted_once() {
        fixture.given(external())
                .when(new ExhaustImportToken(KEY, TOKEN))
                .events(new ImportTokenExhausted(KEY, TOKEN, NOW));
        fixture.given(external(exhausted(TOKEN)))
                .when(new ExhaustImportToken(KEY, TOKEN))
                .nothingHappened();
        fixture.given(external()).when(new ExhaustImportToken(KEY, OTHER_TOKEN)).nothingHappened();
    }

    @Test
    void an_exhausted_token_is_dead() {
        fixture.given(external(exhausted(TOKEN)))
                .when(bring(genuine(MATERIAL)))
                .refused(ErrorCode.INVALID_IMPORT_TOKEN)
                .because("too many failed imports");
    }

    @Test
    void an_exhausted_token_stays_dead_when_another_is_issued() {
        fixture.given(external(exhausted(TOKEN), issued(OTHER_TOKEN)))
                .when(bring(genuine(MATERIAL)))
                .refused(ErrorCode.INVALID_IMPORT_TOKEN);
    }

    // First import

    @Test
    void the_first_import_enables_the_key_and_makes_its_one_version() {
        fixture.given(external())
                .when(bring(TOKEN, genuine(MATERIAL), IN_A_WEEK))
                .events(new KeyMaterialImported(
                        KEY, KeyPorts.firstDrawnVersion(), tagOf(MATERIAL), TOKEN, IN_A_WEEK, NOW));
        assertThat(fixture.calls()).containsExactly("tag", "put " + KeyPorts.firstDrawnVersion());
        fixture.given(externalWithMaterial())
                .when(new KeyCommand.DisableKey(KEY))
                .events(new KeyDisabled(KEY, NOW));
    }

    @Test
    void material_that_did_not_decrypt_never_binds_a_key() {
        fixture.given(external())
                .when(bring(substitute(ErrorCode.INVALID_KEY_MATERIAL, "padding")))
                .refused(ErrorCode.INVALID_KEY_MATERIAL)
                .because("padding");
        // The same work as for genuine material.
        assertThat(fixture.calls()).containsExactly("tag");
    }

    @Test
    void the_hint_about_mgf1_reaches_the_client() {
        fixture.given(external())
                .when(bring(substitute(ErrorCode.INVALID_KEY_MATERIAL_MGF1, "MGF1")))
                .refused(ErrorCode.INVALID_KEY_MATERIAL_MGF1);
    }

    @Test
    void generated_material_cannot_be_replaced() {
        fixture.given(generated()).when(bring(genuine(MATERIAL))).refused(ErrorCode.UNSUPPORTED_ORIGIN);
    }

    // Later imports

    @Test
    void the_same_material_again_resets_the_expiry_and_keeps_version_and_state() {
        fixture.given(expiring(IN_A_WEEK))
                .when(bring(TOKEN, genuine(MATERIAL), IN_A_WEEK.plus(DAY)))
                .events(again(IN_A_WEEK.plus(DAY)));
        assertThat(fixture.calls()).containsExactly("tag", "put " + VERSION);
    }

    @Test
    void the_same_material_again_without_an_expiry_never_expires() {
        fixture.given(expiring(IN_A_WEEK)).when(bring(genuine(MATERIAL))).events(again(null));
        fixture.ports.now = IN_A_WEEK.plus(DAY);
        fixture.given(expiring(IN_A_WEEK, again(null)))
                .when(new KeyCommand.ExpireKeyMaterial(KEY))
                .nothingHappened();
    }

    @Test
    void a_disabled_key_stays_disabled_when_its_material_comes_again() {
        fixture.given(externalWithMaterial(disabled(), again(null)))
                .when(new KeyCommand.DisableKey(KEY))
                .nothingHappened();
    }

    @Test
    void a_disabled_key_whose_material_went_is_enabled_by_the_next_import() {
        fixture.given(externalWithMaterial(disabled(), materialDeleted(), again(null)))
                .when(new KeyCommand.EnableKey(KEY))
                .nothingHappened();
    }

    @Test
    void other_material_is_refused_and_the_old_stays() {
        fixture.given(expiring(IN_A_WEEK))
                .when(bring(genuine(OTHER_MATERIAL)))
                .refused(ErrorCode.INVALID_KEY_MATERIAL)
                .because("not the material this key is bound to");
        assertThat(fixture.calls()).containsExactly("tag");
    }

    @Test
    void the_binding_outlives_the_deletion_of_the_material() {
        fixture.given(externalWithMaterial(materialDeleted()))
                .when(bring(genuine(OTHER_MATERIAL)))
                .refused(ErrorCode.INVALID_KEY_MATERIAL);
        fixture.given(externalWithMaterial(materialDeleted()))
                .when(bring(genuine(MATERIAL)))
                .events(again(null));
    }

    @Test
    void the_binding_outlives_the_expiry_of_the_material() {
        fixture.given(expiring(EARLIER, materialExpired(EARLIER, EARLIER)))
                .when(bring(genuine(OTHER_MATERIAL)))
                .refused(ErrorCode.INVALID_KEY_MATERIAL);
        fixture.given(expiring(EARLIER, materialExpired(EARLIER, EARLIER)))
                .when(bring(genuine(MATERIAL)))
                .events(again(null));
    }

    @Test
    void material_that_did_not_decrypt_is_refused_on_a_bound_key_with_its_own_reason() {
        fixture.given(externalWithMaterial())
                .when(bring(substitute(ErrorCode.INVALID_KEY_MATERIAL, "length")))
                .refused(ErrorCode.INVALID_KEY_MATERIAL)
                .because("length");
        assertThat(fixture.calls()).containsExactly("tag");
    }

    @Test
    void no_import_while_pending_deletion() {
        fixture.given(externalWithMaterial(deletionScheduled(IN_A_WEEK)))
                .when(bring(genuine(MATERIAL)))
                .refused(ErrorCode.STATE_MODIFIED_FAILED);
    }

    @Test
    void an_import_over_expired_material_records_the_expiry_first() {
        Instant expired = NOW.minusMillis(1);
        fixture.given(expiring(expired))
                .when(bring(TOKEN, genuine(MATERIAL), IN_A_WEEK))
                .events(materialExpired(expired, NOW), again(IN_A_WEEK));
        assertThat(fixture.calls()).containsExactly("destroy material", "tag", "put " + VERSION);
    }

    // The expiry itself

    @Test
    void an_expiry_in_the_past_is_an_invalid_parameter() {
        fixture.given(external())
                .when(bring(TOKEN, genuine(MATERIAL), THIS_SECOND.minusSeconds(1)))
                .refused(ErrorCode.INVALID_PARAMETER, "KeyMaterialExpireUnix");
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void an_expiry_in_the_past_is_told_before_anything_about_the_key() {
        fixture.given(generated(deletionScheduled(IN_A_WEEK)))
                .when(bring(OTHER_TOKEN, genuine(OTHER_MATERIAL), THIS_SECOND.minusSeconds(1)))
                .refused(ErrorCode.INVALID_PARAMETER, "KeyMaterialExpireUnix");
    }

    @Test
    void an_expiry_of_this_very_second_is_accepted_and_over_at_once() {
        fixture.given(external())
                .when(bring(TOKEN, genuine(MATERIAL), THIS_SECOND))
                .succeeded();
        fixture.given(expiring(THIS_SECOND))
                .when(new KeyCommand.ExpireKeyMaterial(KEY))
                .events(materialExpired(THIS_SECOND, NOW));
    }

    @Test
    void an_expiry_can_be_the_last_second_that_can_be_written_and_no_later() {
        Instant last = Instant.parse("9999-12-31T23:59:59Z");
        fixture.given(external()).when(bring(TOKEN, genuine(MATERIAL), last)).succeeded();
        fixture.given(external())
                .when(bring(TOKEN, genuine(MATERIAL), last.plusSeconds(1)))
                .refused(ErrorCode.INVALID_PARAMETER, "KeyMaterialExpireUnix");
    }

    private static ImportKeyMaterial bring(UnwrappedMaterial material) {
        return bring(TOKEN, material, null);
    }

    private static ImportKeyMaterial bring(
            ImportTokenId token, UnwrappedMaterial material, @Nullable Instant expiresAt) {
        return new ImportKeyMaterial(KEY, token, material, expiresAt);
    }

    private static KeyMaterialImported again(@Nullable Instant expiresAt) {
        return new KeyMaterialImported(KEY, VERSION, tagOf(MATERIAL), TOKEN, expiresAt, NOW);
    }
}
