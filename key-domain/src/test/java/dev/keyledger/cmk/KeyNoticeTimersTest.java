package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.IN_A_WEEK;
import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.deletionScheduled;
import static dev.keyledger.cmk.KeyEvents.imported;
import static dev.keyledger.cmk.KeyEvents.materialDeleted;
import static dev.keyledger.cmk.KeyLifecycleSaga.DELETION_NOTICE_DEADLINE;
import static dev.keyledger.cmk.KeyLifecycleSaga.EXPIRY_NOTICE_DEADLINE;

import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyLifecycleSaga.DeletionNoticeDue;
import dev.keyledger.cmk.KeyLifecycleSaga.DestructionDue;
import dev.keyledger.cmk.KeyLifecycleSaga.ExpiryDue;
import dev.keyledger.cmk.KeyLifecycleSaga.ExpiryNoticeDue;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.axonframework.test.saga.ContinuedGivenState;
import org.axonframework.test.saga.SagaTestFixture;
import org.junit.jupiter.api.Test;

/** Timers of notices, by the ladder of 30, 7 and 1 days and 1 hour. Dates are set two hours before now. */
class KeyNoticeTimersTest {

    private static final Instant LONG_AFTER = NOW.plus(Duration.ofDays(1_000));

    /** The scheduler's clock runs three hours behind the driven store time. */
    private static final Duration DRIVEN = Duration.ofHours(3);

    /** What the key answers to each nudge: its result, or a failure; "made its event" when nothing is queued. */
    private final Deque<Object> answers = new ArrayDeque<>();

    private SagaTestFixture<KeyLifecycleSaga> fixture = newFixture(NoticeLadder.DEFAULT);

    private SagaTestFixture<KeyLifecycleSaga> newFixture(NoticeLadder ladder) {
        SagaTestFixture<KeyLifecycleSaga> fresh = new SagaTestFixture<>(KeyLifecycleSaga.class);
        fresh.registerResource((NudgeTimes) due -> due.minus(DRIVEN));
        fresh.registerResource(ladder);
        fresh.setCallbackBehavior((payload, metaData) -> {
            Object answer = answers.isEmpty() ? true : answers.remove();
            if (answer instanceof RuntimeException failure) {
                throw failure;
            }
            return answer;
        });
        return fresh;
    }

    /** The scheduler's clock is where the dates are set. */
    private ContinuedGivenState given(Object... events) {
        ContinuedGivenState state =
                fixture.givenCurrentTime(KeyEvents.EARLIER.minus(DRIVEN)).andThenAPublished(events[0]);
        for (int i = 1; i < events.length; i++) {
            state = state.andThenAPublished(events[i]);
        }
        return state;
    }

    private static Instant rung(Instant date, Duration before) {
        return date.minus(before).minus(DRIVEN);
    }

    @Test
    void a_date_sets_a_timer_for_the_first_rung_that_is_to_come() {
        Instant inThreeDays = KeyEvents.EARLIER.plus(Duration.ofDays(3));
        fixture.givenCurrentTime(NOW)
                .whenPublishingA(imported(inThreeDays))
                .expectScheduledDeadline(rung(inThreeDays, Duration.ofDays(1)), new ExpiryNoticeDue(KEY))
                .expectScheduledDeadlineWithName(rung(inThreeDays, Duration.ofDays(1)), EXPIRY_NOTICE_DEADLINE)
                .expectNoScheduledDeadline(rung(inThreeDays, Duration.ofHours(1)), new ExpiryNoticeDue(KEY));
    }

    @Test
    void so_does_the_date_of_a_destruction() {
        fixture.givenCurrentTime(NOW)
                .whenPublishingA(deletionScheduled(IN_A_WEEK.plus(Duration.ofDays(1))))
                .expectScheduledDeadlineWithName(
                        rung(IN_A_WEEK.plus(Duration.ofDays(1)), Duration.ofDays(7)), DELETION_NOTICE_DEADLINE)
                .expectScheduledDeadline(
                        rung(IN_A_WEEK.plus(Duration.ofDays(1)), Duration.ofDays(7)), new DeletionNoticeDue(KEY));
    }

    @Test
    void at_a_rung_the_key_is_told_and_the_other_timer_stays() {
        given(imported(IN_A_WEEK))
                .whenTimeAdvancesTo(rung(IN_A_WEEK, Duration.ofDays(7)))
                .expectDispatchedCommands(new GiveExpiryNotice(KEY))
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new ExpiryDue(KEY))
                .expectActiveSagas(1);
    }

    @Test
    void each_notice_sets_the_timer_of_the_next_rung() throws Exception {
        given(imported(IN_A_WEEK), deletionScheduled(IN_A_WEEK))
                .andThenAPublished(new KeyExpiryNear(KEY, new NoticePeriod("P7D"), IN_A_WEEK, NOW))
                .whenPublishingA(new KeyDeletionNear(KEY, new NoticePeriod("P1D"), IN_A_WEEK, NOW))
                .expectScheduledDeadline(rung(IN_A_WEEK, Duration.ofDays(1)), new ExpiryNoticeDue(KEY))
                .expectNoScheduledDeadline(rung(IN_A_WEEK, Duration.ofDays(7)), new ExpiryNoticeDue(KEY))
                .expectScheduledDeadline(rung(IN_A_WEEK, Duration.ofHours(1)), new DeletionNoticeDue(KEY))
                .expectNoScheduledDeadline(rung(IN_A_WEEK, Duration.ofDays(1)), new DeletionNoticeDue(KEY));
    }

    @Test
    void the_last_notice_sets_none() {
        given(imported(IN_A_WEEK))
                .whenPublishingA(new KeyExpiryNear(KEY, new NoticePeriod("PT1H"), IN_A_WEEK, NOW))
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, ExpiryNoticeDue.class)
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new ExpiryDue(KEY))
                .expectActiveSagas(1);
    }

    @Test
    void a_notice_that_is_not_given_or_fails_is_left_to_the_reconciler_and_holds_up_nothing() {
        answers.add(false);
        given(imported(IN_A_WEEK))
                .whenTimeAdvancesTo(rung(IN_A_WEEK, Duration.ofDays(7)))
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, ExpiryNoticeDue.class)
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new ExpiryDue(KEY));
        fixture = newFixture(NoticeLadder.DEFAULT);
        answers.add(Refusal.of(ErrorCode.THROTTLING));
        given(deletionScheduled(IN_A_WEEK))
                .whenTimeAdvancesTo(rung(IN_A_WEEK, Duration.ofDays(7)))
                .expectDispatchedCommands(new GiveDeletionNotice(KEY))
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, DeletionNoticeDue.class)
                .expectScheduledDeadline(IN_A_WEEK.minus(DRIVEN), new DestructionDue(KEY));
    }

    @Test
    void a_new_date_moves_the_timer_of_its_notice() {
        Instant later = IN_A_WEEK.plus(Duration.ofDays(30));
        given(imported(IN_A_WEEK))
                .whenPublishingA(imported(later))
                .expectNoScheduledDeadline(rung(IN_A_WEEK, Duration.ofDays(7)), new ExpiryNoticeDue(KEY))
                .expectScheduledDeadline(rung(later, Duration.ofDays(30)), new ExpiryNoticeDue(KEY));
    }

    @Test
    void the_end_of_one_date_leaves_the_notices_of_the_other() {
        given(imported(IN_A_WEEK), deletionScheduled(IN_A_WEEK))
                .whenPublishingA(new KeyDeletionCancelled(KEY, NOW))
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, DeletionNoticeDue.class)
                .expectScheduledDeadline(rung(IN_A_WEEK, Duration.ofDays(7)), new ExpiryNoticeDue(KEY));
        fixture = newFixture(NoticeLadder.DEFAULT);
        given(imported(IN_A_WEEK), deletionScheduled(IN_A_WEEK))
                .whenPublishingA(materialDeleted())
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, ExpiryNoticeDue.class)
                .expectScheduledDeadline(rung(IN_A_WEEK, Duration.ofDays(7)), new DeletionNoticeDue(KEY));
    }

    @Test
    void without_a_ladder_there_are_no_timers_of_notices() {
        fixture = newFixture(new NoticeLadder(List.of()));
        given(imported(IN_A_WEEK))
                .whenPublishingA(deletionScheduled(IN_A_WEEK))
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, ExpiryNoticeDue.class)
                .expectNoScheduledDeadlineOfType(NOW.minus(DRIVEN), LONG_AFTER, DeletionNoticeDue.class);
    }

    @Test
    void a_destroyed_key_has_no_timers_of_notices() {
        given(imported(LONG_AFTER), deletionScheduled(IN_A_WEEK))
                .whenPublishingA(new KeyDestroyed(KEY, IN_A_WEEK))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }

    @Test
    void an_end_before_its_timer_leaves_none_behind() throws Exception {
        given(imported(IN_A_WEEK))
                .andThenTimeAdvancesTo(IN_A_WEEK.minus(DRIVEN))
                .andThenAPublished(
                        new KeyExpiryNear(KEY, new NoticePeriod("P7D"), IN_A_WEEK, IN_A_WEEK.minusSeconds(1)))
                .whenPublishingA(KeyEvents.materialExpired(IN_A_WEEK, IN_A_WEEK))
                .expectActiveSagas(0)
                .expectNoScheduledDeadlines();
    }
}
