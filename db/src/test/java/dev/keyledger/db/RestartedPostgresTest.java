package dev.keyledger.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that ends without having been stopped is started again, for as long as it is not closed. */
@Timeout(120)
class RestartedPostgresTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration NEVER = Duration.ofHours(1);

    /** A line of the server's and when it came. */
    private record Line(String text, long nanos) {}

    /** A database that was made and stopped clean; each test has a copy. */
    @TempDir
    private static Path made;

    @TempDir
    private Path temp;

    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private Path directory;

    @BeforeAll
    static void make_a_database() throws SQLException {
        try (EmbeddedPostgres server =
                EmbeddedPostgres.start(made.resolve("postgres"), TestPostgres.programs(), line -> {})) {
            execute(server, "create table fact (id int)");
        }
    }

    @BeforeEach
    void copy_it() throws IOException {
        directory = temp.resolve("postgres");
        try (Stream<Path> all = Files.walk(made.resolve("postgres"))) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(
                        each,
                        directory.resolve(made.resolve("postgres").relativize(each)),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @AfterEach
    void no_server_is_left_behind() {
        assertThat(serversOf(directory)).isEmpty();
    }

    @Test
    void a_killed_server_answers_again_where_it_answered_before_and_has_lost_nothing() throws Exception {
        try (EmbeddedPostgres server = start(STEP)) {
            execute(server, "insert into fact values (1)");
            long before = server.pid();
            int port = server.port();
            kill(before);
            awaitAnswer(server);
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.pid()).isNotEqualTo(before);
            assertThat(count(server)).isEqualTo(1);

            assertThat(next().text)
                    .startsWith("The database server ended by itself (exit code 137")
                    .endsWith("0.1 s.");
            // Processes of the killed server may still be going, so that another attempt is needed.
            Line last = next();
            while (last.text.contains("next attempt")) {
                last = next();
            }
            assertThat(last.text).isEqualTo("The database answers again.");
            assertThat(server.restarts()).isEqualTo(1);

            kill(server.pid());
            awaitAnswer(server);
            assertThat(count(server)).isEqualTo(1);
            await(() -> server.restarts() == 2);
        }
    }

    @Test
    void the_directory_stays_in_use_while_its_server_is_down() throws Exception {
        try (EmbeddedPostgres server = start(NEVER)) {
            kill(server.pid());
            next();
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> start(STEP))
                    .withMessageContaining("is in use by another Keyledger");
        }
        start(NEVER).close();
    }

    @Test
    void a_server_that_was_started_again_still_goes_with_a_killed_process() throws Exception {
        assumeThat(Launch.detect().guardsAgainstOrphans()).isTrue();
        try (HostProcess host = HostProcess.start(directory, "guarded")) {
            kill(host.server().pid());
            await(() -> named().stream().anyMatch(pid -> pid != host.server().pid()));
            ProcessHandle again = ProcessHandle.of(named().get(0)).orElseThrow();
            await(() -> answers(host.url()));
            host.kill();
            again.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void closing_while_the_server_is_down_ends_the_wait() throws Exception {
        EmbeddedPostgres server = start(NEVER);
        kill(server.pid());
        assertThat(next().text).contains("next attempt");
        server.close();
        assertThat(serversOf(directory)).isEmpty();
        start(NEVER).close();
    }

    @Test
    void closing_while_the_server_starts_leaves_none_behind() throws Exception {
        for (int round = 0; round < 4; round++) {
            EmbeddedPostgres server = start(AT_ONCE);
            execute(server, "insert into fact values (" + round + ")");
            long killed = server.pid();
            kill(killed);
            next();
            if (round % 2 == 1) {
                await(() -> named().stream().anyMatch(pid -> pid != killed));
            }
            server.close();
            assertThat(serversOf(directory)).as("after round %s", round).isEmpty();
            lines.clear();
        }
        try (EmbeddedPostgres server = start(NEVER)) {
            assertThat(count(server)).isEqualTo(4);
        }
    }

    @Test
    void once_closed_nothing_is_started_and_until_that_is_sure_the_directory_is_kept() throws Exception {
        Semaphore told = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        EmbeddedPostgres server = start(AT_ONCE, line -> {
            told.release();
            goOn.acquireUninterruptibly();
            // Nothing may rest on the interrupt alone: whatever waits on the way to a start could have taken it.
            Thread.interrupted();
        });
        kill(server.pid());
        told.acquire();
        Thread closing = new Thread(server::close, "closing");
        closing.start();
        await(() -> closing.getState() == Thread.State.WAITING);
        assertThatExceptionOfType(EmbeddedPostgresException.class).isThrownBy(() -> start(NEVER));
        goOn.release(Short.MAX_VALUE);
        closing.join(PATIENCE.toMillis());
        assertThat(closing.isAlive()).isFalse();
        assertThat(serversOf(directory)).isEmpty();
        assertThat(told.availablePermits()).as("attempts after the end").isZero();
    }

    @Test
    void a_server_that_cannot_start_is_tried_ever_more_seldom_until_it_can() throws Exception {
        Path needed = directory.resolve("cluster/global/pg_control");
        try (EmbeddedPostgres server = start(STEP)) {
            Path away = Files.move(needed, temp.resolve("pg_control"));
            kill(server.pid());
            List<Line> told = List.of(next(), next(), next(), next());
            assertThat(told).allSatisfy(line -> assertThat(line.text).contains("next attempt"));
            assertThat(told.get(3).text)
                    .contains("exit code 2; the last complaint in its log is: could not find", "0.8 s.");
            for (int i = 1; i < told.size(); i++) {
                assertThat(told.get(i).nanos - told.get(i - 1).nanos)
                        .as("until attempt %s", i)
                        .isGreaterThanOrEqualTo(STEP.toNanos() << (i - 1));
            }
            Files.move(away, needed);
            awaitAnswer(server);
        }
    }

    @Test
    void a_server_that_can_never_start_again_can_be_closed() throws Exception {
        EmbeddedPostgres server = start(STEP);
        Files.delete(directory.resolve("cluster/global/pg_control"));
        kill(server.pid());
        next();
        next();
        server.close();
        lines.clear();
        assertThat(serversOf(directory)).isEmpty();
        assertThat(lines.poll(5 * STEP.toMillis(), TimeUnit.MILLISECONDS))
                .as("attempts after the end")
                .isNull();
    }

    @Test
    void nothing_that_is_told_holds_a_password() throws Exception {
        try (EmbeddedPostgres server = start(STEP)) {
            List<String> passwords =
                    List.of(server.ownerPassword(), server.servicePassword(), server.superuserPassword());
            kill(server.pid());
            awaitAnswer(server);
            List<Line> told = new ArrayList<>(List.of(next(), next()));
            lines.drainTo(told);
            assertThat(told).allSatisfy(line -> assertThat(line.text).doesNotContain(passwords.toArray(String[]::new)));
        }
    }

    private EmbeddedPostgres start(Duration firstPause) {
        return start(firstPause, text -> lines.add(new Line(text, System.nanoTime())));
    }

    private EmbeddedPostgres start(Duration firstPause, Consumer<String> trouble) {
        return EmbeddedPostgres.start(
                directory,
                TestPostgres.programs(),
                Launch.detect(),
                new Backoff(firstPause, NEVER, NEVER),
                line -> {},
                trouble);
    }

    private Line next() throws InterruptedException {
        Line line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(line).as("a line within %s", PATIENCE).isNotNull();
        return line;
    }

    /** kill -9 for the postmaster alone. */
    private static void kill(long pid) {
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        server.destroyForcibly();
        assertThat(ServerProcess.ended(server, PATIENCE.toSeconds())).isTrue();
    }

    /** The process that the server's own lock file names; empty if there is none. */
    private List<Long> named() throws IOException {
        try {
            return Files.readAllLines(directory.resolve("cluster/postmaster.pid")).stream()
                    .limit(1)
                    .map(Long::parseLong)
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    private static List<Long> serversOf(Path directory) {
        String cluster = directory.resolve("cluster").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> List.of(arguments).contains(cluster))
                        .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }

    private static void awaitAnswer(EmbeddedPostgres server) throws Exception {
        await(() -> answers(server.jdbcUrl(), server.ownerUser(), server.ownerPassword()));
    }

    private boolean answers(String url) throws IOException {
        return answers(
                url,
                "keyledger",
                Files.readString(directory.resolve("keyledger.password")).strip());
    }

    private static boolean answers(String url, String user, String password) {
        try (Connection connection = DriverManager.getConnection(url, user, password)) {
            return connection.isValid(5);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("within %s", PATIENCE).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = owner(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = owner(server);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from fact")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static Connection owner(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.ownerUser(), server.ownerPassword());
    }
}
