package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.proof.KeyHistories.Contradiction;
import dev.keyledger.api.proof.KeyHistories.Link;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Two nodes on one database behave as one object that takes one call at a time: whatever many clients see of a key, from both nodes and at the
 * same time, some order of single steps explains it.
 */
class HistoryIT {

    /** How long clients are let loose. */
    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("keyledger.history.seconds", 30));

    /** A cache of 5 ms is found out within a second as a rule; only its absence takes this long, whatever the length of the histories is. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration ROUND = Duration.ofSeconds(2);

    private static final AccessKeyPair ACCESS_KEY =
            new AccessKeyPair(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);

    private static long seed() {
        return Long.getLong("keyledger.seed", new SplittableRandom().nextLong());
    }

    private static Link link(String name, TestNode node) {
        return new Link(name, new SignedHttp(node.baseUri(), ACCESS_KEY));
    }

    @Test
    void every_key_seen_from_two_nodes_lives_one_life() throws InterruptedException {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode first = TestNode.with().database(database).testClock().start();
                TestNode second = TestNode.with().database(database).testClock().start()) {
            List<Link> links = List.of(link("first", first), link("second", second));
            KeyHistories histories = new KeyHistories(
                    links,
                    links,
                    Optional.of(new DrivenClock(first.baseUri(), ACCESS_KEY)),
                    Store.of(database),
                    seed());
            long end = System.nanoTime() + LENGTH.toNanos();
            while (System.nanoTime() < end) {
                Optional<Contradiction> contradiction = histories.round(ROUND);
                assertThat(contradiction.map(Contradiction::text))
                        .as(histories.summary())
                        .isEmpty();
            }
            System.out.println("linearizable: " + histories.summary());
        }
    }

    @Test
    void a_node_that_keeps_the_state_of_keys_for_five_milliseconds_is_found_out() throws InterruptedException {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode honest = TestNode.with().database(database).start();
                StaleView stale = StaleView.of(database, Duration.ofMillis(5));
                TestNode cached = TestNode.with().database(stale.database()).start()) {
            KeyHistories histories = new KeyHistories(
                    List.of(link("honest", honest)),
                    List.of(link("honest", honest), link("cached", cached)),
                    Optional.empty(),
                    Store.of(database),
                    seed());
            Optional<Contradiction> contradiction = Optional.empty();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (contradiction.isEmpty() && System.nanoTime() < end) {
                contradiction = histories.round(Duration.ofSeconds(1));
            }
            assertThat(contradiction)
                    .as("contradiction within %s, %s", PATIENCE, histories.summary())
                    .isPresent();
            System.out.println(
                    "found out, as it must be: " + contradiction.get().text());
        }
    }
}
