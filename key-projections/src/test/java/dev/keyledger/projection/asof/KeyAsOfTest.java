package dev.keyledger.projection.asof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.KeyHistory;
import dev.keyledger.projection.history.PastEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The fold of a history up to a moment, where the whole node would seldom get: clocks that are put back, places that come late. */
class KeyAsOfTest {

    private static final Instant BEGIN = dev.keyledger.projection.KeyHistory.BEGIN;
    private static final Instant LATER = BEGIN.plus(Duration.ofDays(9));

    private final dev.keyledger.projection.KeyHistory key = new dev.keyledger.projection.KeyHistory(1);
    private final List<PastEvent> events = new ArrayList<>();

    private void given(KeyEvent... facts) {
        for (KeyEvent fact : facts) {
            given(fact, 10L * events.size());
        }
    }

    private void given(KeyEvent fact, @Nullable Long logIndex) {
        events.add(new PastEvent(
                fact,
                "event-" + events.size(),
                "name",
                events.size(),
                null,
                new Cause(logIndex, fact.at(), new UUID(0, events.size()), "p", "Action", null)));
    }

    private Optional<KeyAsOf> at(Instant instant) {
        return KeyAsOf.of(new KeyHistory(key.key(), events), Moment.at(instant), LATER);
    }

    private Optional<KeyAsOf> at(long position, Instant instant) {
        return KeyAsOf.of(new KeyHistory(key.key(), events), new Moment(instant, position), LATER);
    }

    @Test
    void after_a_clock_was_put_back_the_order_of_the_key_counts() {
        given(
                key.created(Origin.ALIYUN_KMS),
                new KeyDisabled(key.key(), BEGIN.plusSeconds(600)),
                new KeyEnabled(key.key(), BEGIN.plusSeconds(300)));

        assertThat(at(BEGIN.plusSeconds(299)).orElseThrow().summary().state()).isEqualTo(KeyState.ENABLED);
        assertThat(at(BEGIN.plusSeconds(299)).orElseThrow().lastEvent()).isEqualTo(events.get(0));
        assertThat(at(BEGIN.plusSeconds(300)).orElseThrow().lastEvent()).isEqualTo(events.get(2));
    }

    @Test
    void an_event_counts_at_a_place_once_its_record_has_one_up_to_it() {
        given(key.created(Origin.ALIYUN_KMS), key.disabled());
        given(key.enabled(), null);

        assertThat(at(9, LATER).orElseThrow().summary().state()).isEqualTo(KeyState.ENABLED);
        assertThat(at(10, LATER).orElseThrow().summary().state()).isEqualTo(KeyState.DISABLED);
        assertThat(at(1_000, LATER).orElseThrow().summary().state()).isEqualTo(KeyState.DISABLED);
        assertThat(at(LATER).orElseThrow().summary().state()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void a_state_that_time_ended_began_again_where_the_next_event_says() {
        Instant expiry = BEGIN.plus(Duration.ofDays(1));
        given(key.created(Origin.EXTERNAL), key.issued(), key.imported(expiry), key.disabled());

        KeyAsOf before = at(expiry.minusMillis(1)).orElseThrow();
        KeyAsOf after = at(expiry).orElseThrow();

        assertThat(before.began().event()).isEqualTo(events.get(3));
        assertThat(before.ended()).isEqualTo(after.began());
        assertThat(after.began()).isEqualTo(new Turn(expiry, KeyState.PENDING_IMPORT, true, events.get(2), 4));
        assertThat(after.ended()).isNull();
        assertThat(after.summary().expiresAt()).isNull();
        assertThat(after.summary().version()).isEqualTo(3);
    }

    @Test
    void material_that_expires_while_the_deletion_is_pending_leaves_the_state() {
        Instant expiry = BEGIN.plus(Duration.ofDays(1));
        given(
                key.created(Origin.EXTERNAL),
                key.issued(),
                key.imported(expiry),
                key.deletionScheduled(BEGIN.plus(Duration.ofDays(8))));

        KeyAsOf after = at(expiry).orElseThrow();

        assertThat(after.summary().state()).isEqualTo(KeyState.PENDING_DELETION);
        assertThat(after.summary().materialVersion()).isNull();
        assertThat(after.began().event()).isEqualTo(events.get(3));
        assertThat(after.ended()).isNull();
    }

    @Test
    void a_destroyed_key_ends_its_last_state_and_is_not_there_any_more() {
        given(key.created(Origin.ALIYUN_KMS), key.deletionScheduled(BEGIN.plus(Duration.ofDays(7))), key.destroyed());

        KeyAsOf pending = at(events.get(1).event().at()).orElseThrow();

        assertThat(pending.ended()).isEqualTo(new Turn(events.get(2).event().at(), null, false, events.get(2), 3));
        assertThat(at(LATER)).isEmpty();
        assertThat(at(BEGIN.minusMillis(1))).isEmpty();
    }
}
