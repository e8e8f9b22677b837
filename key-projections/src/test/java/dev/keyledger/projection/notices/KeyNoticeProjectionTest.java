package dev.keyledger.projection.notices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.cmk.NoticePeriod;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import dev.keyledger.projection.ViewFixture;
import dev.keyledger.projection.notices.KeyNotices.DueNotice;
import dev.keyledger.projection.notices.KeyNotices.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyNoticeProjectionTest {

    private final ViewFixture fixture = new ViewFixture().with(KeyNoticeProjection::new);
    private final KeyNotices notices = new KeyNotices(fixture.jdbc());
    private final KeyHistory one = new KeyHistory(1);
    private final KeyHistory two = new KeyHistory(2);
    private final Instant now = fixture.jdbc()
            .sql("select keyledger_now()")
            .query(OffsetDateTime.class)
            .single()
            .toInstant();
    private final Instant inAMonth = now.plus(Duration.ofDays(29));
    private final Instant inAWeek = now.plus(Duration.ofDays(6));

    @AfterEach
    void drop() {
        fixture.close();
    }

    private static NoticeLadder ladder(String... periods) {
        return new NoticeLadder(Stream.of(periods).map(NoticePeriod::new).toList());
    }

    private List<DueNotice> due() {
        return notices.due(NoticeLadder.DEFAULT, null, 10);
    }

    private List<String> silentUntil() {
        return fixture.jdbc()
                .sql("select kind || ' ' || (silent_until at time zone 'UTC') from key_notice order by kind")
                .query(String.class)
                .list();
    }

    private DueNotice expiry(KeyHistory key, Instant due) {
        return new DueNotice(key.key(), Kind.EXPIRY, due);
    }

    @Test
    void a_date_with_a_rung_that_has_come_gets_notice_until_that_is_given() {
        fixture.given(one.created(Origin.EXTERNAL), one.imported(inAMonth));
        assertThat(due()).containsExactly(expiry(one, inAMonth));
        assertThat(notices.backlog(NoticeLadder.DEFAULT)).isEqualTo(1);

        fixture.given(one.expiryNear("P30D", inAMonth));

        assertThat(due()).isEmpty();
        assertThat(notices.backlog(NoticeLadder.DEFAULT)).isZero();
    }

    @Test
    void a_notice_given_early_on_a_nearer_rung_settles_the_longer_ones() {
        fixture.given(one.created(Origin.EXTERNAL), one.imported(inAWeek), one.expiryNear("P7D", inAWeek));

        assertThat(due()).isEmpty();
        assertThat(notices.backlog(ladder("P6D"))).isEqualTo(1);
        assertThat(notices.backlog(ladder("P5D"))).isZero();
        assertThat(notices.backlog(ladder("P14D"))).isZero();
        assertThat(notices.backlog(ladder())).isZero();
        assertThat(notices.due(ladder(), null, 10)).isEmpty();
    }

    @Test
    void a_date_that_has_come_or_is_far_gets_none() {
        fixture.given(
                one.created(Origin.EXTERNAL),
                one.imported(now.plus(Duration.ofDays(31))),
                one.deletionScheduled(now.minusSeconds(1)));

        assertThat(due()).isEmpty();
    }

    @Test
    void the_nearest_date_comes_first_and_pages_go_on_behind_the_last() {
        fixture.given(
                one.created(Origin.EXTERNAL),
                one.imported(inAMonth),
                one.deletionScheduled(inAMonth),
                two.created(Origin.EXTERNAL),
                two.imported(inAWeek));

        List<DueNotice> all = due();

        assertThat(all)
                .containsExactly(
                        expiry(two, inAWeek), new DueNotice(one.key(), Kind.DELETION, inAMonth), expiry(one, inAMonth));
        assertThat(notices.due(NoticeLadder.DEFAULT, all.get(0), 1)).containsExactly(all.get(1));
        assertThat(notices.due(NoticeLadder.DEFAULT, all.get(1), 1)).containsExactly(all.get(2));
        assertThat(notices.due(NoticeLadder.DEFAULT, all.get(2), 1)).isEmpty();
    }

    @Test
    void a_date_that_is_taken_back_is_gone() {
        fixture.given(one.created(Origin.EXTERNAL), one.imported(inAMonth), one.materialDeleted());
        assertThat(due()).isEmpty();
        fixture.given(one.imported(inAMonth), one.imported(null));
        assertThat(due()).isEmpty();
        fixture.given(one.imported(inAMonth), one.materialExpired());
        assertThat(due()).isEmpty();
        fixture.given(one.deletionScheduled(inAMonth), one.deletionCancelled());
        assertThat(due()).isEmpty();
        fixture.given(one.imported(inAMonth), one.deletionScheduled(inAWeek), one.destroyed());
        assertThat(fixture.rows("key_notice")).isEmpty();
    }

    @Test
    void a_new_date_begins_anew_and_the_same_one_stays_as_silent_as_it_was() {
        Instant far = KeyHistory.BEGIN.plus(Duration.ofDays(2));
        fixture.given(one.created(Origin.EXTERNAL), one.imported(far), one.expiryNear("P1D", far), one.imported(far));
        assertThat(silentUntil()).containsExactly("expiry 2026-03-09 06:59:00.123");

        fixture.given(one.imported(far.plusSeconds(1)), one.deletionScheduled(far));
        assertThat(silentUntil()).containsExactly("deletion 2026-03-08 07:04:00.123", "expiry 2026-03-08 07:03:00.123");
    }

    @Test
    void dropping_and_replaying_gives_the_same_rows() {
        fixture.given(
                one.created(Origin.EXTERNAL),
                one.imported(inAMonth),
                one.expiryNear("P30D", inAMonth),
                one.deletionScheduled(inAWeek),
                one.deletionNear("P7D", inAWeek),
                two.created(Origin.ALIYUN_KMS),
                two.deletionScheduled(inAWeek),
                two.deletionCancelled());
        List<String> before = fixture.rows("key_notice");
        assertThat(before).hasSize(2);

        fixture.rebuild();

        assertThat(fixture.rows("key_notice")).isEqualTo(before);
    }
}
