package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.IN_A_WEEK;
import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.VERSION;
import static dev.keyledger.cmk.KeyEvents.deletionScheduled;
import static dev.keyledger.cmk.KeyEvents.disabled;
import static dev.keyledger.cmk.KeyEvents.expiring;
import static dev.keyledger.cmk.KeyEvents.external;
import static dev.keyledger.cmk.KeyEvents.externalWithMaterial;
import static dev.keyledger.cmk.KeyEvents.generated;
import static dev.keyledger.cmk.KeyEvents.materialDeleted;
import static dev.keyledger.cmk.KeyEvents.materialExpired;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.refusal.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Deletion and expiry of imported material, and that a due expiry is a fact for every command. */
class LosingMaterialTest {

    private static final Instant JUST_NOW = NOW.minusMillis(1);

    private final CmkFixture fixture = new CmkFixture();

    @Test
    void deleted_material_is_destroyed_and_the_key_waits_for_import() {
        fixture.given(externalWithMaterial())
                .when(new DeleteKeyMaterial(KEY))
                .events(new KeyMaterialDeleted(KEY, VERSION, NOW));
        assertThat(fixture.calls()).containsExactly("destroy material");
        fixture.given(externalWithMaterial(materialDeleted()))
                .when(new EnableKey(KEY))
                .refused(ErrorCode.STATE_MODIFIED_FAILED);
    }

    @Test
    void deleting_what_was_never_imported_succeeds_and_changes_nothing() {
        fixture.given(external()).when(new DeleteKeyMaterial(KEY)).nothingHappened();
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void deleting_twice_succeeds_and_changes_nothing() {
        fixture.given(externalWithMaterial(materialDeleted()))
                .when(new DeleteKeyMaterial(KEY))
                .nothingHappened();
    }

    @Test
    void generated_material_cannot_be_deleted_apart_from_its_key() {
        fixture.given(generated()).when(new DeleteKeyMaterial(KEY)).refused(ErrorCode.UNSUPPORTED_ORIGIN);
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void material_deleted_while_pending_deletion_leaves_the_state_and_the_date() {
        fixture.given(externalWithMaterial(deletionScheduled(IN_A_WEEK)))
                .when(new DeleteKeyMaterial(KEY))
                .events(new KeyMaterialDeleted(KEY, VERSION, NOW));
        fixture.given(externalWithMaterial(deletionScheduled(IN_A_WEEK), materialDeleted()))
                .when(new EnableKey(KEY))
                .refused(ErrorCode.STATE_MODIFIED_FAILED);
        fixture.given(externalWithMaterial(deletionScheduled(NOW), materialDeleted()))
                .when(new KeyCommand.DestroyKey(KEY))
                .answered(true);
    }

    @Test
    void deleting_expired_material_records_the_expiry_and_nothing_more() {
        fixture.given(expiring(NOW)).when(new DeleteKeyMaterial(KEY)).events(materialExpired(NOW, NOW));
        assertThat(fixture.calls()).containsExactly("destroy material");
    }

    @Test
    void a_nudge_in_time_expires_the_material() {
        fixture.given(expiring(JUST_NOW))
                .when(new ExpireKeyMaterial(KEY))
                .events(materialExpired(JUST_NOW, NOW))
                .answered(true);
        assertThat(fixture.calls()).containsExactly("destroy material");
    }

    @Test
    void a_nudge_at_the_very_instant_expires_the_material() {
        fixture.given(expiring(NOW)).when(new ExpireKeyMaterial(KEY)).events(materialExpired(NOW, NOW));
    }

    @Test
    void a_nudge_too_early_does_nothing() {
        fixture.given(expiring(NOW.plusMillis(1)))
                .when(new ExpireKeyMaterial(KEY))
                .nothingHappened()
                .answered(false);
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void a_nudge_too_many_does_nothing() {
        fixture.given(expiring(JUST_NOW, materialExpired(JUST_NOW, JUST_NOW)))
                .when(new ExpireKeyMaterial(KEY))
                .nothingHappened()
                .answered(false);
        fixture.given(externalWithMaterial())
                .when(new ExpireKeyMaterial(KEY))
                .nothingHappened()
                .answered(false);
        fixture.given(external())
                .when(new ExpireKeyMaterial(KEY))
                .nothingHappened()
                .answered(false);
        fixture.given(generated())
                .when(new ExpireKeyMaterial(KEY))
                .nothingHappened()
                .answered(false);
    }

    @Test
    void material_that_expires_while_pending_deletion_leaves_the_state() {
        fixture.given(expiring(JUST_NOW, deletionScheduled(IN_A_WEEK)))
                .when(new ExpireKeyMaterial(KEY))
                .events(materialExpired(JUST_NOW, NOW));
        fixture.given(expiring(JUST_NOW, deletionScheduled(IN_A_WEEK), materialExpired(JUST_NOW, JUST_NOW)))
                .when(new ScheduleKeyDeletion(KEY, 7))
                .refused(ErrorCode.STATE_MODIFIED_FAILED);
    }

    @Test
    void a_command_on_a_key_whose_material_is_due_sees_the_state_in_effect() {
        fixture.given(expiring(NOW)).when(new DisableKey(KEY)).refused(ErrorCode.STATE_MODIFIED_FAILED);
        fixture.given(expiring(NOW, disabled())).when(new EnableKey(KEY)).refused(ErrorCode.STATE_MODIFIED_FAILED);
    }

    @Test
    void a_command_that_succeeds_records_a_due_expiry_before_its_own_fact() {
        fixture.given(expiring(JUST_NOW))
                .when(new UpdateKeyDescription(KEY, "expired"))
                .events(materialExpired(JUST_NOW, NOW), new KeyDescriptionChanged(KEY, "expired", NOW));
        fixture.given(expiring(JUST_NOW, disabled()))
                .when(new TagKey(KEY, Map.of("team", "payments")))
                .events(
                        materialExpired(JUST_NOW, NOW),
                        new KeyTagsChanged(KEY, Map.of("team", "payments"), List.of(), NOW));
        fixture.given(expiring(JUST_NOW))
                .when(new ScheduleKeyDeletion(KEY, 7))
                .events(
                        materialExpired(JUST_NOW, NOW),
                        new KeyDeletionScheduled(KEY, NOW.plus(Duration.ofDays(7)), NOW));
    }

    @Test
    void a_cancel_after_the_expiry_ends_in_pending_import() {
        fixture.given(expiring(JUST_NOW, deletionScheduled(IN_A_WEEK)))
                .when(new CancelKeyDeletion(KEY))
                .events(materialExpired(JUST_NOW, NOW), new KeyDeletionCancelled(KEY, NOW));
        fixture.given(expiring(
                        JUST_NOW,
                        deletionScheduled(IN_A_WEEK),
                        materialExpired(JUST_NOW, NOW),
                        new KeyDeletionCancelled(KEY, NOW)))
                .when(new DisableKey(KEY))
                .refused(ErrorCode.STATE_MODIFIED_FAILED);
    }

    @Test
    void every_command_records_a_due_expiry() {
        List<KeyCommand> commands = List.of(
                new UpdateKeyDescription(KEY, "a key"),
                new KeyCommand.UntagKey(KEY, List.of("none")),
                new KeyCommand.UntagKeyCompletely(KEY),
                new KeyCommand.SetDeletionProtection(KEY, false, ""),
                new KeyCommand.ExhaustImportToken(KEY, KeyEvents.OTHER_TOKEN),
                new KeyCommand.DestroyKey(KEY),
                new DeleteKeyMaterial(KEY));
        for (KeyCommand command : commands) {
            new CmkFixture().given(expiring(NOW)).when(command).events(materialExpired(NOW, NOW));
        }
    }
}
