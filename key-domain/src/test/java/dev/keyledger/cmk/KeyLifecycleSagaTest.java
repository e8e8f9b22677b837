package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.IN_A_WEEK;
import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.deletionScheduled;
import static dev.keyledger.cmk.KeyEvents.imported;
import static dev.keyledger.cmk.KeyEvents.materialDeleted;
import static dev.keyledger.cmk.KeyEvents.materialExpired;
import static dev.keyledger.cmk.KeyLifecycleSaga.DELETION_NOTICE_DEADLINE;
import static dev.keyledger.cmk.KeyLifecycleSaga.DESTRUCTION_DEADLINE;
import static dev.keyledger.cmk.KeyLifecycleSaga.EXPIRY_DEADLINE;
import static dev.keyledger.cmk.KeyLifecycleSaga.EXPIRY_NOTICE_DEADLINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyLifecycleSaga.DestructionDue;
import dev.keyledger.cmk.KeyLifecycleSaga.ExpiryDue;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.axonframework.test.saga.ContinuedGivenState;
import org.axonframework.test.saga.SagaTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Timers of expiry and destruction; those of notices are in {@link KeyNoticeTimersTest}. */
class KeyLifecycleSagaTest {

    private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** The scheduler's clock runs three hours behind the driven store time. */
    private static final Duration DRIVEN = Duration.ofHours(3);

    /** What the key answers to each nudge: its result, or a failure; "made its event" when nothing is queued. */
    private final Deque<Object> answers = new ArrayDeque<>();

    private SagaTestFixture<KeyLifecycleSaga> fixture = newFixture();

    @BeforeEach
    void newFixtureForEveryTest() {
        fixture = newFixture();
    }

    private SagaTestFixture<KeyLifecycleSaga> newFixture() {
        SagaTestFixture<KeyLifecycleSaga> fresh = new SagaTestFixture<>(KeyLifecycleSaga.class);
        fresh.registerResource((NudgeTimes) due -> due.minus(DRIVEN));
        fresh.registerResource(new NoticeLadder(List.of()));
        fresh.setCallbackBehavior((payload, metaData) -> {
            Object answer = answers.isEmpty() ? true : answers.remove();
            if (answer instanceof RuntimeException failure) {
                throw failure;
            }
            return answer;
        });
        return fresh;
    }

    private ContinuedGivenState given(Object... events) {
        ContinuedGivenState state = fixture.givenCurrentTime(NOW).andThenAPublished(events[0]);
        for (int i = 1; i < events.length; i++) {
            state = state.andThenAPublished(events[i]);
        }
        return state;
    }

    @Test
    void an_expiry_sets_a_timer_on_the_schedulers_clock() {
        fixture.givenCurrentTime(NOW)
                .whenPublishingA(imported(TOMORROW))
                .expectActiveSagas(1)
                .expectAssociationWith("keyId", KEY.toString())
                .expectScheduledDeadline(TOMORROW.minus(DRIVEN), new ExpiryDue(KEY))
                .expectScheduledDeadlineWithName(TOMORROW.minus(DRIVEN), EXPIRY_DEADLINE)
                .expectNoDispatchedCommands();
    }

    @Test
    void material_that_never_expires_needs_no_timer() {
        fixture.givenCurrentTime(NOW)
                .whenPublishingA(imported(null))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }

    @Test
    void a_scheduled_deletion_sets_a_timer_on_the_schedulers_clock() {
        fixture.givenCurrentTime(NOW)
                .whenPublishingA(deletionScheduled(IN_A_WEEK))
                .expectActiveSagas(1)
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new DestructionDue(KEY))
                .expectScheduledDeadlineWithName(IN_A_WEEK.minus(DRIVEN), DESTRUCTION_DEADLINE);
    }

    @Test
    void at_the_expiry_the_key_is_told_and_the_timer_is_done() {
        given(imported(TOMORROW))
                .whenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .expectTriggeredDeadlines(new ExpiryDue(KEY))
                .expectDispatchedCommands(new ExpireKeyMaterial(KEY))
                .expectNoScheduledDeadlines()
                .expectActiveSagas(1);
    }

    @Test
    void before_the_expiry_nothing_happens() {
        given(imported(TOMORROW))
                .whenTimeAdvancesTo(TOMORROW.minus(DRIVEN).minusMillis(1))
                .expectNoDispatchedCommands()
                .expectScheduledDeadline(TOMORROW.minus(DRIVEN), new ExpiryDue(KEY));
    }

    @Test
    void the_saga_ends_when_the_expiry_is_recorded() throws Exception {
        given(imported(TOMORROW))
                .andThenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .whenPublishingA(materialExpired(TOMORROW, TOMORROW))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }

    @Test
    void an_expiry_recorded_by_another_command_cancels_the_timer() {
        given(imported(TOMORROW))
                .whenPublishingA(materialExpired(TOMORROW, TOMORROW))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines()
                .expectNoDispatchedCommands();
    }

    @Test
    void deleted_material_cancels_its_timer() {
        given(imported(TOMORROW))
                .whenPublishingA(materialDeleted())
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }

    @Test
    void another_import_moves_the_timer() {
        given(imported(TOMORROW))
                .whenPublishingA(imported(IN_A_WEEK))
                .expectActiveSagas(1)
                .expectNoScheduledDeadline(TOMORROW.minus(DRIVEN), new ExpiryDue(KEY))
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new ExpiryDue(KEY));
    }

    @Test
    void another_import_without_an_expiry_cancels_the_timer() {
        given(imported(TOMORROW))
                .whenPublishingA(imported(null))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }

    @Test
    void a_key_that_says_not_yet_is_asked_again_after_a_minute() {
        answers.add(false);
        given(imported(TOMORROW))
                .whenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .expectDispatchedCommands(new ExpireKeyMaterial(KEY))
                .expectScheduledDeadline(A_MINUTE, new ExpiryDue(KEY))
                .expectActiveSagas(1);
    }

    @Test
    void a_failed_nudge_is_tried_again_after_a_minute() {
        answers.add(Refusal.of(ErrorCode.THROTTLING));
        given(imported(TOMORROW))
                .whenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .expectScheduledDeadline(A_MINUTE, new ExpiryDue(KEY))
                .expectActiveSagas(1);
    }

    @Test
    void the_second_try_ends_the_retries() throws Exception {
        answers.add(false);
        given(imported(TOMORROW))
                .andThenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .whenTimeElapses(A_MINUTE)
                .expectDispatchedCommands(new ExpireKeyMaterial(KEY))
                .expectNoScheduledDeadlines();
    }

    @Test
    void an_event_cancels_the_retry() throws Exception {
        answers.add(false);
        given(imported(TOMORROW))
                .andThenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .whenPublishingA(materialDeleted())
                .expectNoScheduledDeadlines()
                .expectActiveSagas(0);
    }

    @Test
    void at_the_end_of_the_window_the_key_is_told_to_go() {
        given(deletionScheduled(IN_A_WEEK))
                .whenTimeAdvancesTo(IN_A_WEEK.minus(DRIVEN))
                .expectTriggeredDeadlines(new DestructionDue(KEY))
                .expectDispatchedCommands(new DestroyKey(KEY))
                .expectNoScheduledDeadlines()
                .expectActiveSagas(1);
    }

    @Test
    void a_held_destruction_is_tried_again_after_a_minute() {
        answers.add(false);
        given(deletionScheduled(IN_A_WEEK))
                .whenTimeAdvancesTo(IN_A_WEEK.minus(DRIVEN))
                .expectDispatchedCommands(new DestroyKey(KEY))
                .expectScheduledDeadline(A_MINUTE, new DestructionDue(KEY));
    }

    @Test
    void a_cancelled_deletion_cancels_its_timer() {
        given(deletionScheduled(IN_A_WEEK))
                .whenPublishingA(new KeyDeletionCancelled(KEY, NOW))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines()
                .expectNoDispatchedCommands();
    }

    @Test
    void a_deletion_scheduled_again_has_one_timer() {
        given(deletionScheduled(IN_A_WEEK), new KeyDeletionCancelled(KEY, NOW))
                .whenPublishingA(deletionScheduled(TOMORROW))
                .expectActiveSagas(1)
                .expectNoScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new DestructionDue(KEY))
                .expectScheduledDeadline(TOMORROW.minus(DRIVEN), new DestructionDue(KEY));
    }

    @Test
    void a_second_date_replaces_the_first_timer() {
        given(deletionScheduled(IN_A_WEEK))
                .whenPublishingA(deletionScheduled(TOMORROW))
                .expectNoScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new DestructionDue(KEY))
                .expectScheduledDeadline(TOMORROW.minus(DRIVEN), new DestructionDue(KEY));
    }

    @Test
    void an_expiry_while_pending_deletion_leaves_the_timer_of_the_deletion() throws Exception {
        given(imported(TOMORROW), deletionScheduled(IN_A_WEEK))
                .andThenTimeAdvancesTo(TOMORROW.minus(DRIVEN))
                .whenPublishingA(materialExpired(TOMORROW, TOMORROW))
                .expectActiveSagas(1)
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new DestructionDue(KEY));
    }

    @Test
    void a_cancelled_deletion_leaves_the_timer_of_the_expiry() {
        given(imported(TOMORROW), deletionScheduled(IN_A_WEEK))
                .whenPublishingA(new KeyDeletionCancelled(KEY, NOW))
                .expectActiveSagas(1)
                .expectScheduledDeadline(TOMORROW.minus(DRIVEN), new ExpiryDue(KEY));
    }

    @Test
    void a_destroyed_key_has_no_timers() {
        given(imported(IN_A_WEEK.plus(Duration.ofDays(1))), deletionScheduled(IN_A_WEEK))
                .whenPublishingA(new KeyDestroyed(KEY, IN_A_WEEK))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }

    @Test
    void keys_do_not_share_timers() {
        KeyId other = new KeyId("08c33a6f-4e0a-4a1b-a3fa-7ddfa1d40000");
        given(deletionScheduled(IN_A_WEEK))
                .whenPublishingA(new KeyDestroyed(other, NOW))
                .expectActiveSagas(1)
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new DestructionDue(KEY));
    }

    @Test
    void an_instant_already_past_is_nudged_at_once() {
        fixture.givenCurrentTime(IN_A_WEEK)
                .andThenAPublished(imported(NOW))
                .whenTimeElapses(Duration.ZERO)
                .expectDispatchedCommands(new ExpireKeyMaterial(KEY));
    }

    @Test
    void the_names_that_stored_deadlines_carry_are_fixed() {
        assertThat(KeyLifecycleSaga.class.getSimpleName()).isEqualTo("KeyLifecycleSaga");
        assertThat(EXPIRY_DEADLINE).isEqualTo("key-material-expiry");
        assertThat(DESTRUCTION_DEADLINE).isEqualTo("key-destruction");
        assertThat(EXPIRY_NOTICE_DEADLINE).isEqualTo("key-expiry-notice");
        assertThat(DELETION_NOTICE_DEADLINE).isEqualTo("key-deletion-notice");
    }
}
