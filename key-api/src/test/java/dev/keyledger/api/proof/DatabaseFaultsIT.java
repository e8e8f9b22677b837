package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.journal.JournalConnections;
import dev.keyledger.api.faults.DatabaseLink;
import dev.keyledger.api.proof.Load.Kind;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A database that is slow, silent, cut off or short of connections: whoever asks is told in time, nothing is claimed that did not happen, and
 * when the fault ends the node is its old self within seconds.
 */
class DatabaseFaultsIT {

    private static final AccessKeyPair ACCESS_KEY =
            new AccessKeyPair(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
    private static final int CLIENTS = 24;

    /** The vendor's clients give up then. */
    private static final Duration CLIENTS_PATIENCE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestDatabase database;
    private static DatabaseLink link;
    private static TestNode node;

    @BeforeAll
    static void start() {
        database = TestPostgres.freshDatabase();
        link = DatabaseLink.to(database);
        node = TestNode.with().database(link.through(database)).start();
    }

    @AfterAll
    static void stop() {
        node.close();
        link.close();
        database.close();
    }

    private static List<HikariDataSource> pools() {
        return List.of(
                node.bean(HikariDataSource.class),
                node.bean(JournalConnections.class).dataSource());
    }

    /** Puts the node under load, has the fault happen, and checks everything that must be true of any of them. */
    private static void under(String fault, Runnable happens) {
        Load load = Load.on(List.of(node.baseUri()), ACCESS_KEY, Load.mostlyUses(CLIENTS), CLIENTS_PATIENCE);
        String during;
        Duration recovery;
        try (load) {
            Await.until("work flows", PATIENCE, () -> load.successes() >= CLIENTS);
            try {
                happens.run();
                during = load.codes().toString();
            } finally {
                link.pass();
            }
            long uses = load.successes(Kind.USES);
            long changes = load.successes(Kind.CHANGES);
            recovery = Await.until(
                    "work flows again after " + fault,
                    PATIENCE,
                    () -> load.successes(Kind.USES) > uses && load.successes(Kind.CHANGES) > changes);
        }
        System.out.printf(
                "%s: work flowed again after %d ms, answers while it lasted %s, in all %s%n",
                fault, recovery.toMillis(), during, load.codes());
        assertThat(load.withoutAnswer()).as("requests without an answer").isZero();
        assertThat(load.codes().keySet()).isSubsetOf("", "ServiceUnavailableTemporary", "Rejected.Throttling");
        load.checkRecords(Store.of(database), false);
        load.checkStates(new SignedHttp(node.baseUri(), ACCESS_KEY));
        Await.until(
                "no connection is held any more",
                PATIENCE,
                () -> pools().stream()
                        .allMatch(pool -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 0));
        // The last client has its answer a moment before the server's thread is done with it.
        Await.until(
                "no thread is stuck in a request",
                PATIENCE,
                () -> requestsInFlight().isEmpty());
    }

    /** Threads of the server that are inside a request though no client waits for an answer. */
    private static List<String> requestsInFlight() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> List.of(thread.getValue()).stream()
                        .anyMatch(frame -> frame.getClassName().endsWith("protocol.Dispatcher")))
                .map(thread -> thread.getKey().getName())
                .toList();
    }

    /** Lets a fault last; the load goes on meanwhile. */
    private static void lasting(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    @Test
    void a_database_that_says_nothing_for_five_seconds() {
        under("stalled for 5 s", () -> {
            link.stall();
            lasting(Duration.ofSeconds(5));
        });
    }

    @Test
    void a_database_that_takes_200_ms_for_each_statement() {
        under("slow by 200 ms", () -> {
            link.delay(Duration.ofMillis(200));
            lasting(Duration.ofSeconds(2));
        });
    }

    @Test
    void connections_that_are_cut_again_and_again() {
        under("cut", () -> {
            for (int i = 0; i < 5; i++) {
                link.cut();
                lasting(Duration.ofMillis(200));
            }
        });
    }

    @Test
    void connections_that_go_dead_without_a_word() {
        under("half open", () -> {
            link.swallow();
            lasting(Duration.ofSeconds(3));
        });
    }

    @Test
    void two_connections_for_everybody() {
        Map<HikariDataSource, Integer> sizes = new HashMap<>();
        pools().forEach(pool -> {
            sizes.put(pool, pool.getMaximumPoolSize());
            pool.setMinimumIdle(1);
            pool.setMaximumPoolSize(2);
            pool.getHikariPoolMXBean().softEvictConnections();
        });
        try {
            under("pool of 2", () -> lasting(Duration.ofSeconds(1)));
            under("pool of 2, slow by 200 ms", () -> {
                link.delay(Duration.ofMillis(200));
                lasting(Duration.ofSeconds(2));
            });
        } finally {
            sizes.forEach(HikariDataSource::setMaximumPoolSize);
        }
    }
}
