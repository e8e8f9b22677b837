package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.IN_A_WEEK;
import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.deletionProtected;
import static dev.keyledger.cmk.KeyEvents.deletionScheduled;
import static dev.keyledger.cmk.KeyEvents.disabled;
import static dev.keyledger.cmk.KeyEvents.expiring;
import static dev.keyledger.cmk.KeyEvents.external;
import static dev.keyledger.cmk.KeyEvents.externalWithMaterial;
import static dev.keyledger.cmk.KeyEvents.generated;
import static dev.keyledger.cmk.KeyEvents.materialExpired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.refusal.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import org.axonframework.eventsourcing.AggregateDeletedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeletingKeysTest {

    private static final Instant JUST_NOW = NOW.minusMillis(1);

    private final CmkFixture fixture = new CmkFixture();

    @ParameterizedTest
    @ValueSource(ints = {7, 30, 366})
    void the_window_runs_from_now_in_days_of_24_hours(int days) {
        Instant deleteAt = NOW.plus(Duration.ofHours(24L * days));
        fixture.given(generated())
                .when(new ScheduleKeyDeletion(KEY, days))
                .events(new KeyDeletionScheduled(KEY, deleteAt, NOW))
                .answered(deleteAt);
    }

    @Test
    void a_key_that_was_never_imported_can_be_deleted_too() {
        fixture.given(external()).when(new ScheduleKeyDeletion(KEY, 7)).succeeded();
    }

    @Test
    void a_protected_key_cannot_be_scheduled_for_deletion() {
        fixture.given(generated(deletionProtected("card vault")))
                .when(new ScheduleKeyDeletion(KEY, 7))
                .refused(ErrorCode.STATE_MODIFIED_FAILED)
                .because("deletion protection is on");
    }

    @Test
    void a_key_no_longer_protected_can() {
        fixture.given(generated(deletionProtected("card vault"), new DeletionProtectionChanged(KEY, false, "", NOW)))
                .when(new ScheduleKeyDeletion(KEY, 7))
                .succeeded();
    }

    @Test
    void a_cancelled_deletion_ends_enabled_even_if_the_key_was_disabled_before() {
        fixture.given(generated(disabled(), deletionScheduled(IN_A_WEEK)))
                .when(new CancelKeyDeletion(KEY))
                .events(new KeyDeletionCancelled(KEY, NOW));
        fixture.given(generated(disabled(), deletionScheduled(IN_A_WEEK), new KeyDeletionCancelled(KEY, NOW)))
                .when(new EnableKey(KEY))
                .nothingHappened();
    }

    @Test
    void a_cancelled_deletion_of_a_key_without_material_ends_pending_import() {
        fixture.given(external(deletionScheduled(IN_A_WEEK), new KeyDeletionCancelled(KEY, NOW)))
                .when(new DisableKey(KEY))
                .refused(ErrorCode.STATE_MODIFIED_FAILED);
    }

    @Test
    void a_deletion_can_be_cancelled_until_the_key_is_destroyed() {
        fixture.given(generated(deletionScheduled(JUST_NOW)))
                .when(new CancelKeyDeletion(KEY))
                .events(new KeyDeletionCancelled(KEY, NOW));
    }

    @Test
    void a_key_whose_window_is_over_is_destroyed_with_everything_secret() {
        fixture.given(externalWithMaterial(deletionScheduled(JUST_NOW)))
                .when(new DestroyKey(KEY))
                .events(new KeyDestroyed(KEY, NOW))
                .answered(true)
                .gone();
        assertThat(fixture.calls()).containsExactly("destroy material", "destroy binding", "destroy sessions");
    }

    @Test
    void a_key_can_be_destroyed_at_the_very_end_of_its_window() {
        fixture.given(generated(deletionScheduled(NOW)))
                .when(new DestroyKey(KEY))
                .answered(true)
                .gone();
    }

    @Test
    void a_key_is_never_destroyed_early() {
        fixture.given(externalWithMaterial(deletionScheduled(NOW.plusMillis(1))))
                .when(new DestroyKey(KEY))
                .nothingHappened()
                .answered(false)
                .alive();
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void a_key_is_not_destroyed_while_a_hold_is_on() {
        fixture.ports.destructionHeld = true;
        fixture.given(externalWithMaterial(deletionScheduled(JUST_NOW)))
                .when(new DestroyKey(KEY))
                .nothingHappened()
                .answered(false)
                .alive();
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void a_key_that_is_not_pending_deletion_is_not_destroyed() {
        fixture.given(generated()).when(new DestroyKey(KEY)).nothingHappened().answered(false);
        fixture.given(generated(deletionScheduled(JUST_NOW), new KeyDeletionCancelled(KEY, JUST_NOW)))
                .when(new DestroyKey(KEY))
                .nothingHappened()
                .answered(false);
    }

    @Test
    void an_expiry_that_is_due_is_recorded_before_the_destruction() {
        fixture.given(expiring(JUST_NOW, deletionScheduled(NOW)))
                .when(new DestroyKey(KEY))
                .events(materialExpired(JUST_NOW, NOW), new KeyDestroyed(KEY, NOW))
                .answered(true)
                .gone();
    }

    @Test
    void a_destroyed_key_answers_nothing_any_more() {
        assertThatExceptionOfType(AggregateDeletedException.class)
                .isThrownBy(() -> fixture.given(generated(deletionScheduled(JUST_NOW), new KeyDestroyed(KEY, JUST_NOW)))
                        .when(new CancelKeyDeletion(KEY))
                        .rethrow());
    }
}
