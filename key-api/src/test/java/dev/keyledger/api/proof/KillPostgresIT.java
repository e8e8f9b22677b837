package dev.keyledger.api.proof;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.faults.DatabaseLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database server that is killed under load with all its processes, again and again, and comes back elsewhere: the node goes on by itself,
 * and whatever it had acknowledged is there, exactly once.
 */
class KillPostgresIT {

    private static final int KILLS = Integer.getInteger("keyledger.kills", 3);
    private static final int CLIENTS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AccessKeyPair ACCESS_KEY =
            new AccessKeyPair(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);

    @Test
    void whatever_was_acknowledged_survives_the_death_of_the_database(@TempDir Path directory) {
        long seed = Long.getLong("keyledger.seed", new SplittableRandom().nextLong());
        SplittableRandom random = new SplittableRandom(seed);
        try (MortalPostgres server = MortalPostgres.in(directory);
                DatabaseLink link = DatabaseLink.to(server.database());
                TestNode node = TestNode.with()
                        .database(link.through(server.database()))
                        .start()) {
            Load load = Load.on(node.baseUri(), ACCESS_KEY, Load.mostlyUses(CLIENTS));
            try (load) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    long enough = load.successes() + 100 + random.nextInt(400);
                    Await.until("enough is acknowledged", PATIENCE, () -> load.successes() >= enough);
                    server.killAndRestart();
                    link.redirect(server.port());
                    link.cut();
                    long then = load.successes();
                    Await.until("work flows again", PATIENCE, () -> load.successes() > then);
                }
            }
            load.checkRecords(Store.of(server.database()), false);
            load.checkStates(new SignedHttp(node.baseUri(), ACCESS_KEY));
            System.out.printf("database killed %d times (seed %d): %s%n", KILLS, seed, load.codes());
        }
        ViewReplay.compare(directory);
    }
}
