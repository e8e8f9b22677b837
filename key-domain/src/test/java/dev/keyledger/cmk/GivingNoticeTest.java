package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.EARLIER;
import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.TOKEN;
import static dev.keyledger.cmk.KeyEvents.VERSION;
import static dev.keyledger.cmk.KeyEvents.deletionScheduled;
import static dev.keyledger.cmk.KeyEvents.expiring;
import static dev.keyledger.cmk.KeyEvents.external;
import static dev.keyledger.cmk.KeyEvents.externalWithMaterial;
import static dev.keyledger.cmk.KeyEvents.generated;
import static dev.keyledger.cmk.KeyEvents.materialDeleted;
import static dev.keyledger.cmk.KeyEvents.materialExpired;

import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ladder is 30, 7 and 1 days and 1 hour unless a test says otherwise; dates are set two hours before {@link KeyEvents#NOW}. */
class GivingNoticeTest {

    private static final NoticePeriod MONTH = new NoticePeriod("P30D");
    private static final NoticePeriod WEEK = new NoticePeriod("P7D");
    private static final NoticePeriod DAY = new NoticePeriod("P1D");
    private static final NoticePeriod HOUR = new NoticePeriod("PT1H");

    private static final Instant IN_60_DAYS = EARLIER.plus(Duration.ofDays(60));
    private static final Instant IN_30_DAYS = EARLIER.plus(Duration.ofDays(30));

    private final CmkFixture fixture = new CmkFixture();

    private CmkFixture.Then expiryNotice(Instant now, List<Object> history) {
        fixture.ports.now = now;
        return fixture.given(history).when(new GiveExpiryNotice(KEY));
    }

    private CmkFixture.Then deletionNotice(Instant now, List<Object> history) {
        fixture.ports.now = now;
        return fixture.given(history).when(new GiveDeletionNotice(KEY));
    }

    private static Instant before(Instant date, Duration duration) {
        return date.minus(duration);
    }

    private static KeyExpiryNear near(NoticePeriod notice, Instant expiresAt, Instant at) {
        return new KeyExpiryNear(KEY, notice, expiresAt, at);
    }

    private static KeyMaterialImported again(Instant expiresAt, Instant at) {
        return new KeyMaterialImported(KEY, VERSION, KeyPorts.tagOf(KeyPorts.MATERIAL), TOKEN, expiresAt, at);
    }

    @Test
    void notice_of_an_expiry_is_given_in_the_very_millisecond() {
        Instant rung = before(IN_60_DAYS, Duration.ofDays(30));

        expiryNotice(rung, expiring(IN_60_DAYS))
                .events(near(MONTH, IN_60_DAYS, rung))
                .answered(true);
        expiryNotice(rung.minusMillis(1), expiring(IN_60_DAYS))
                .nothingHappened()
                .answered(false);
    }

    @Test
    void notice_of_a_destruction_is_given_in_the_same_way() {
        Instant rung = before(IN_30_DAYS, Duration.ofDays(7));

        deletionNotice(rung, generated(deletionScheduled(IN_30_DAYS)))
                .events(new KeyDeletionNear(KEY, WEEK, IN_30_DAYS, rung))
                .answered(true);
        deletionNotice(rung.minusMillis(1), generated(deletionScheduled(IN_30_DAYS)))
                .nothingHappened()
                .answered(false);
    }

    @Test
    void a_second_nudge_for_the_same_rung_does_nothing() {
        Instant rung = before(IN_60_DAYS, Duration.ofDays(30));
        expiryNotice(rung.plusSeconds(60), expiring(IN_60_DAYS, near(MONTH, IN_60_DAYS, rung)))
                .nothingHappened();
        Instant week = before(IN_30_DAYS, Duration.ofDays(7));
        deletionNotice(
                        week.plusSeconds(60),
                        generated(deletionScheduled(IN_30_DAYS), new KeyDeletionNear(KEY, WEEK, IN_30_DAYS, week)))
                .nothingHappened();
    }

    @Test
    void each_rung_gets_its_own_notice() {
        Instant month = before(IN_60_DAYS, Duration.ofDays(30));
        Instant week = before(IN_60_DAYS, Duration.ofDays(7));

        expiryNotice(week, expiring(IN_60_DAYS, near(MONTH, IN_60_DAYS, month))).events(near(WEEK, IN_60_DAYS, week));
    }

    @Test
    void after_downtime_only_the_nearest_missed_rung_gets_one() {
        Instant twoHoursBefore = before(IN_60_DAYS, Duration.ofHours(2));

        expiryNotice(twoHoursBefore, expiring(IN_60_DAYS)).events(near(DAY, IN_60_DAYS, twoHoursBefore));
        expiryNotice(twoHoursBefore.plusSeconds(1), expiring(IN_60_DAYS, near(DAY, IN_60_DAYS, twoHoursBefore)))
                .nothingHappened();
        Instant hour = before(IN_60_DAYS, Duration.ofHours(1));
        expiryNotice(hour, expiring(IN_60_DAYS, near(DAY, IN_60_DAYS, twoHoursBefore)))
                .events(near(HOUR, IN_60_DAYS, hour));
    }

    @Test
    void rungs_that_are_past_when_the_date_is_set_get_none() {
        Instant soon = EARLIER.plus(Duration.ofDays(3));

        expiryNotice(NOW, expiring(soon)).nothingHappened();
        deletionNotice(NOW, generated(deletionScheduled(soon))).nothingHappened();
        Instant day = before(soon, Duration.ofDays(1));
        expiryNotice(day, expiring(soon)).events(near(DAY, soon, day));
    }

    @Test
    void a_rung_in_the_very_instant_of_setting_is_past() {
        deletionNotice(EARLIER, generated(deletionScheduled(EARLIER.plus(Duration.ofDays(7)))))
                .nothingHappened();
    }

    @Test
    void once_the_date_has_come_there_is_no_notice_but_the_fact() {
        expiryNotice(IN_60_DAYS, expiring(IN_60_DAYS))
                .events(materialExpired(IN_60_DAYS, IN_60_DAYS))
                .answered(false);
        deletionNotice(IN_30_DAYS, generated(deletionScheduled(IN_30_DAYS)))
                .nothingHappened()
                .answered(false);
    }

    @Test
    void another_import_begins_anew_with_its_own_date_alone() {
        Instant month = before(IN_60_DAYS, Duration.ofDays(30));
        Instant later = IN_60_DAYS.plus(Duration.ofDays(40));
        List<Object> history = expiring(IN_60_DAYS, near(MONTH, IN_60_DAYS, month), again(later, month.plusSeconds(9)));

        expiryNotice(before(IN_60_DAYS, Duration.ofDays(7)), history).nothingHappened();
        Instant laterMonth = before(later, Duration.ofDays(30));
        expiryNotice(laterMonth, history).events(near(MONTH, later, laterMonth));
    }

    @Test
    void the_same_date_set_again_repeats_no_notice_even_if_the_clock_stepped_back() {
        Instant month = before(IN_60_DAYS, Duration.ofDays(30));

        expiryNotice(
                        month.plusSeconds(60),
                        expiring(
                                IN_60_DAYS,
                                near(MONTH, IN_60_DAYS, month),
                                again(IN_60_DAYS, month.minus(Duration.ofDays(1)))))
                .nothingHappened();
    }

    @Test
    void a_missed_rung_is_no_news_after_another_import() {
        Instant month = before(IN_60_DAYS, Duration.ofDays(30));

        expiryNotice(month.plusSeconds(60), expiring(IN_60_DAYS, again(IN_60_DAYS, month.plusSeconds(1))))
                .nothingHappened();
    }

    @Test
    void material_that_is_gone_or_never_expires_gets_none() {
        Instant month = before(IN_60_DAYS, Duration.ofDays(30));

        expiryNotice(month, expiring(IN_60_DAYS, materialDeleted())).nothingHappened();
        expiryNotice(month, expiring(NOW, materialExpired(NOW, NOW))).nothingHappened();
        expiryNotice(month, externalWithMaterial()).nothingHappened();
        expiryNotice(month, external()).nothingHappened();
    }

    @Test
    void a_cancelled_deletion_gets_none_and_one_scheduled_again_its_own() {
        Instant week = before(IN_30_DAYS, Duration.ofDays(7));
        KeyDeletionCancelled cancelled = new KeyDeletionCancelled(KEY, week.minusSeconds(1));
        deletionNotice(week, generated(deletionScheduled(IN_30_DAYS), cancelled))
                .nothingHappened();

        Instant deleteAt = week.plus(Duration.ofDays(8));
        List<Object> again =
                generated(deletionScheduled(IN_30_DAYS), cancelled, new KeyDeletionScheduled(KEY, deleteAt, week));
        deletionNotice(week.plusSeconds(1), again).nothingHappened();
        Instant nextWeek = before(deleteAt, Duration.ofDays(7));
        deletionNotice(nextWeek, again).events(new KeyDeletionNear(KEY, WEEK, deleteAt, nextWeek));
    }

    @Test
    void an_expiry_gets_its_notices_while_the_deletion_is_pending() {
        Instant rung = before(IN_60_DAYS, Duration.ofDays(30));
        Instant deleteAt = IN_60_DAYS.plus(Duration.ofDays(1));

        expiryNotice(rung, expiring(IN_60_DAYS, deletionScheduled(deleteAt))).events(near(MONTH, IN_60_DAYS, rung));
    }

    @Test
    void a_ladder_that_grew_gives_what_lies_nearer_than_the_last_notice() {
        Instant week = before(IN_60_DAYS, Duration.ofDays(7));
        fixture.ports.ladder = new NoticeLadder(List.of(new NoticePeriod("P14D"), new NoticePeriod("P3D")));

        expiryNotice(week.plusSeconds(1), expiring(IN_60_DAYS, near(WEEK, IN_60_DAYS, week)))
                .nothingHappened();
        Instant third = before(IN_60_DAYS, Duration.ofDays(3));
        expiryNotice(third, expiring(IN_60_DAYS, near(WEEK, IN_60_DAYS, week)))
                .events(near(new NoticePeriod("P3D"), IN_60_DAYS, third));
    }

    @Test
    void without_a_ladder_there_are_no_notices() {
        fixture.ports.ladder = new NoticeLadder(List.of());

        expiryNotice(before(IN_60_DAYS, Duration.ofMinutes(1)), expiring(IN_60_DAYS))
                .nothingHappened();
    }
}
