package dev.keyledger.api.adapter.subscriber;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.extension.event.Start;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node at a time tells a subscriber, and one that was given up changes nothing any more. */
class SubscriberRowsTest {

    private static final String NAME = "clerk";

    private static TestStore store;
    private SubscriberRows rows;

    @SuppressWarnings("NullAway.Init") // Made before each test.
    SubscriberRowsTest() {}

    @BeforeAll
    static void open() {
        store = new TestStore();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @BeforeEach
    void begin() {
        store.ownerSql().sql("delete from feed_subscriber").update();
        rows = new SubscriberRows(store.sql());
        rows.register(new Quiet(Start.BEGINNING));
    }

    /** Takes everything and does nothing. */
    private record Quiet(Start start) implements Outlet {

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String kind() {
            return "handler";
        }

        @Override
        public int most() {
            return 1;
        }

        @Override
        public void pass(List<FeedEvent> events, Receipts receipts) {
            events.forEach(receipts::passed);
        }

        @Override
        public void close() {}
    }

    private static FeedEvent event(long index) {
        return new FeedEvent(
                new FeedPosition(index, 0),
                "id-" + index,
                "keyledger.key.disabled",
                "1",
                "subject",
                index,
                List.of(),
                Instant.EPOCH,
                "{}");
    }

    private static void end(String what) {
        store.ownerSql().sql("update feed_subscriber set owned_until = " + what).update();
    }

    @Test
    void a_lease_is_one_nodes_until_it_ends() {
        long epoch = rows.take(NAME, "one").orElseThrow().epoch();
        assertThat(rows.take(NAME, "other")).isEmpty();
        assertThat(rows.take(NAME, "one")).isEmpty();
        assertThat(rows.renew(NAME, epoch)).isTrue();

        end("clock_timestamp() - interval '1 millisecond'");
        assertThat(rows.take(NAME, "other").orElseThrow().epoch()).isEqualTo(epoch + 1);
        assertThat(rows.renew(NAME, epoch)).isFalse();
    }

    @Test
    void a_lease_that_was_given_up_is_free_at_once_but_not_by_whoever_lost_it() {
        long epoch = rows.take(NAME, "one").orElseThrow().epoch();
        rows.release(NAME, epoch);
        long next = rows.take(NAME, "other").orElseThrow().epoch();
        rows.release(NAME, epoch);
        assertThat(rows.take(NAME, "third")).isEmpty();
        assertThat(rows.renew(NAME, next)).isTrue();
    }

    @Test
    void a_clock_that_was_put_back_does_not_keep_everybody_out() {
        assertThat(rows.take(NAME, "one")).isPresent();
        end("clock_timestamp() + interval '1 hour'");
        assertThat(rows.take(NAME, "other")).isPresent();
    }

    @Test
    void a_position_is_moved_by_its_owner_and_never_back() {
        SubscriberRows.Turn turn = rows.take(NAME, "one").orElseThrow();
        assertThat(turn.position()).isEqualTo(FeedPosition.BEGINNING);
        assertThat(rows.move(NAME, turn.epoch(), new FeedPosition(7, 1))).isTrue();
        assertThat(rows.move(NAME, turn.epoch(), new FeedPosition(7, 0))).isFalse();

        end("clock_timestamp() - interval '1 millisecond'");
        assertThat(rows.take(NAME, "other").orElseThrow().position()).isEqualTo(new FeedPosition(7, 1));
        assertThat(rows.move(NAME, turn.epoch(), new FeedPosition(8, 0)))
                .as("by the one before")
                .isFalse();
        assertThat(rows.park(NAME, turn.epoch(), event(8), "why", 1))
                .as("by the one before")
                .isFalse();
        assertThat(rows.parked(NAME)).isZero();
    }

    @Test
    void one_that_begins_now_begins_behind_the_last_record() {
        store.ownerSql().sql("delete from feed_subscriber").update();
        rows.register(new Quiet(Start.NOW));
        long size = store.sql()
                .sql("select next_index from sequencer")
                .query(Long.class)
                .single();
        assertThat(rows.take(NAME, "one").orElseThrow().position()).isEqualTo(FeedPosition.endOf(size - 1));
    }

    @Test
    void what_waits_is_due_as_soon_as_nothing_of_its_subject_was_refused() {
        long epoch = rows.take(NAME, "one").orElseThrow().epoch();
        rows.park(NAME, epoch, event(1), "why", 3);
        rows.park(NAME, epoch, event(2), null, 0);
        // Again, by a successor that reads it a second time: stays as it was.
        rows.park(NAME, epoch, event(1), null, 0);
        assertThat(rows.due(NAME, 10)).isEmpty();
        assertThat(rows.waiting(NAME, Set.of("subject", "another"))).containsExactly("subject");

        Subscribers operators = new Subscribers(store.sql());
        assertThat(operators.retry(NAME)).isEqualTo(2);
        assertThat(rows.due(NAME, 10)).containsExactly(new FeedPosition(1, 0), new FeedPosition(2, 0));
        rows.refusedAgain(NAME, new FeedPosition(1, 0), "why", 3);
        assertThat(rows.due(NAME, 10)).isEmpty();

        assertThat(operators.skip(NAME, new FeedPosition(1, 0))).isTrue();
        assertThat(rows.due(NAME, 10)).containsExactly(new FeedPosition(2, 0));
        rows.arrived(NAME, new FeedPosition(2, 0));
        assertThat(rows.parked(NAME)).isZero();
    }
}
