package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.faults.DatabaseLink;
import dev.keyledger.api.proof.Load.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes under mixed load for a long time. One of them, or their database, is killed now and then; the other is left alone. Every answer
 * has its record all the way, and at the end the node that was left alone holds no more memory, threads or files, and both no more
 * connections, than after the first third. Prints a table of what they held.
 *
 * <p>By profile: {@code mvn -Psoak verify -Dit.test=SoakIT}; {@code -Dkeyledger.soak.minutes=30} says how long.
 */
@Tag("soak")
class SoakIT {

    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("keyledger.soak.minutes", 30));
    private static final int ROWS = 15;
    private static final Duration SAMPLE = Duration.ofSeconds(2);
    private static final int MEAN_SECONDS_BETWEEN_KILLS = 60;
    private static final Duration CLIENTS_PATIENCE = Duration.ofSeconds(10);

    private static final double MEMORY_TOLERANCE = 1.15;
    private static final int MEMORY_TOLERANCE_MIB = 32;
    private static final int COUNT_TOLERANCE = 10;

    private static final List<Kind> CLIENTS = List.of(
            Kind.USES,
            Kind.USES,
            Kind.USES,
            Kind.USES,
            Kind.USES,
            Kind.USES,
            Kind.USES,
            Kind.USES,
            Kind.CHANGES,
            Kind.CHANGES,
            Kind.MAKES,
            Kind.MAKES);

    /**
     * What a process held, at most, while a row of the table lasted.
     *
     * @param residentMib memory that is really there, in MiB
     * @param files open file descriptors, sockets among them
     */
    private record Holding(int residentMib, int threads, int files) {

        static final Holding NONE = new Holding(0, 0, 0);

        static Holding of(KeyledgerProcess node) {
            Path process = Path.of("/proc", Long.toString(node.pid()));
            try (var open = Files.list(process.resolve("fd"))) {
                List<String> status = Files.readAllLines(process.resolve("status"));
                return new Holding(number(status, "VmRSS:") / 1024, number(status, "Threads:"), (int) open.count());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        private static int number(List<String> status, String name) {
            return status.stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElseThrow();
        }

        Holding most(Holding other) {
            return new Holding(
                    Math.max(residentMib, other.residentMib),
                    Math.max(threads, other.threads),
                    Math.max(files, other.files));
        }

        @Override
        public String toString() {
            return residentMib + " | " + threads + " | " + files;
        }
    }

    private record Row(Holding leftAlone, Holding killed, long connections) {}

    @Test
    void a_node_holds_at_the_end_what_it_held_before(@TempDir Path directory) throws IOException {
        long seed = Long.getLong("keyledger.seed", new SplittableRandom().nextLong());
        System.out.printf("soak of %s, seed %d%n", LENGTH, seed);
        try (MortalPostgres server = MortalPostgres.in(directory);
                DatabaseLink link = DatabaseLink.to(server.database())) {
            KeyledgerProcess.Launch launch = launch(directory, server, link);
            KeyledgerProcess leftAlone = launch.start();
            KeyledgerProcess killed = launch.in(directory.resolve("second")).start();
            try {
                Load load = Load.on(
                        List.of(leftAlone.url(), killed.url()), leftAlone.accessKey(), CLIENTS, CLIENTS_PATIENCE);
                try (load) {
                    killed = new Soak(new SplittableRandom(seed), server, link, load, leftAlone, killed).run();
                }
                load.checkRecords(Store.of(server.database()), false);
                load.checkStates(new SignedHttp(leftAlone));
                System.out.println("answers " + load.codes() + ", " + load.withoutAnswer() + " requests without one");
            } finally {
                killed.close();
                leftAlone.close();
            }
        }
        System.out.println("views equal to a replay of " + ViewReplay.compare(directory) + " events");
    }

    private static KeyledgerProcess.Launch launch(Path directory, MortalPostgres server, DatabaseLink link)
            throws IOException {
        byte[] rootKey = new byte[32];
        new SecureRandom().nextBytes(rootKey);
        return NodePair.external(
                        KeyledgerProcess.in(directory.resolve("first")).asShipped(), link.through(server.database()))
                .with("KEYLEDGER_ROOT_KEY", Base64.getEncoder().encodeToString(rootKey))
                .with("KEYLEDGER_ACCESS_KEY_ID", "soak")
                .with("KEYLEDGER_ACCESS_KEY_SECRET", UUID.randomUUID().toString());
    }

    /** The long part. */
    private static final class Soak {

        private final SplittableRandom random;
        private final MortalPostgres server;
        private final DatabaseLink link;
        private final Load load;
        private final KeyledgerProcess leftAlone;
        private KeyledgerProcess killed;
        private int nodeKills;
        private int serverKills;
        private long answers;

        Soak(
                SplittableRandom random,
                MortalPostgres server,
                DatabaseLink link,
                Load load,
                KeyledgerProcess leftAlone,
                KeyledgerProcess killed) {
            this.random = random;
            this.server = server;
            this.link = link;
            this.load = load;
            this.leftAlone = leftAlone;
            this.killed = killed;
        }

        KeyledgerProcess run() {
            System.out.println(
                    "| minute | answers/s | node left alone: MiB | threads | files | node killed: MiB | threads | files"
                            + " | connections | kills of node | of database |");
            System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
            long begin = System.nanoTime();
            long nextKill = begin + pause();
            List<Row> rows = new ArrayList<>();
            for (int row = 1; row <= ROWS; row++) {
                long end = begin + LENGTH.toNanos() * row / ROWS;
                long answersBefore = answers;
                long rowBegin = System.nanoTime();
                Row most = new Row(Holding.NONE, Holding.NONE, 0);
                do {
                    if (System.nanoTime() > nextKill) {
                        kill();
                        nextKill = System.nanoTime() + pause();
                    }
                    LockSupport.parkNanos(SAMPLE.toNanos());
                    answers += load.checkRecords(Store.of(server.database()), false);
                    most = sample(most);
                } while (System.nanoTime() < end);
                rows.add(most);
                System.out.printf(
                        "| %.1f | %d | %s | %s | %d | %d | %d |%n",
                        (System.nanoTime() - begin) / 60e9,
                        (answers - answersBefore) * 1_000_000_000L / (System.nanoTime() - rowBegin),
                        most.leftAlone,
                        most.killed,
                        most.connections,
                        nodeKills,
                        serverKills);
            }
            check(rows.get(ROWS / 3), rows.get(ROWS - 1));
            return killed;
        }

        private long pause() {
            return (long) (-Math.log(1 - random.nextDouble())
                    * Duration.ofSeconds(MEAN_SECONDS_BETWEEN_KILLS).toNanos());
        }

        private void kill() {
            if (random.nextInt(3) == 0) {
                server.killAndRestart();
                link.redirect(server.port());
                link.cut();
                serverKills++;
            } else {
                killed.kill();
                killed = killed.restart();
                nodeKills++;
            }
        }

        private Row sample(Row most) {
            long connections = Store.of(server.database())
                    .count("select count(*) from pg_stat_activity where application_name = 'keyledger'");
            return new Row(
                    most.leftAlone.most(Holding.of(leftAlone)),
                    most.killed.most(Holding.of(killed)),
                    Math.max(most.connections, connections));
        }

        private static void check(Row early, Row last) {
            assertThat(last.leftAlone.residentMib)
                    .as("resident memory in MiB")
                    .isLessThanOrEqualTo((int) (early.leftAlone.residentMib * MEMORY_TOLERANCE) + MEMORY_TOLERANCE_MIB);
            assertThat(last.leftAlone.threads)
                    .as("threads")
                    .isLessThanOrEqualTo(early.leftAlone.threads + COUNT_TOLERANCE);
            assertThat(last.leftAlone.files)
                    .as("open files")
                    .isLessThanOrEqualTo(early.leftAlone.files + COUNT_TOLERANCE);
            assertThat(last.connections).as("connections").isLessThanOrEqualTo(early.connections + COUNT_TOLERANCE);
        }
    }
}
