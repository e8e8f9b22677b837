package dev.keyledger.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A PostgreSQL server that lives and dies with this process and keeps its data in a directory. It listens on the loopback address only, on a
 * free port, asks for passwords (SCRAM) and writes every commit through to the disk. If it ends by itself, it is started again on the same port
 * until it is closed.
 *
 * <p>For a start on {@code keyledger-data/postgres} there are:
 *
 * <ul>
 *   <li>{@code postgres/}: the database; stopped and copied, it is a back-up. The passwords lie in it in files named after the roles,
 *       {@code keyledger_owner.password}, {@code keyledger.password} and {@code postgres.password} (the superuser), and the port of a
 *       running server is line 4 of {@code cluster/postmaster.pid}
 *   <li>{@code postgres.lock}: held for as long as a process uses the database
 *   <li>{@code postgres-binaries-…/}: the server's programs, which can be made again at any time
 * </ul>
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final int PORT_ATTEMPTS = 10;
    /** Recovery after a crash reads the write-ahead log since the last checkpoint, on a slow disk for minutes. */
    private static final long READY_MINUTES = 10;

    private static final long SLOW_START_SECONDS = 5;
    private static final long POLL_MILLIS = 40;
    /** Invalid password, invalid authorization, no such database: waiting does not help. */
    private static final Set<String> WRONG_LOGIN = Set.of("28P01", "28000", "3D000");

    private final ClusterFiles files;
    private final DirectoryLock lock;
    private final Supervision supervision;
    private final int port;
    private final boolean guarded;

    private EmbeddedPostgres(
            ClusterFiles files, DirectoryLock lock, Supervision supervision, int port, boolean guarded) {
        this.files = files;
        this.lock = lock;
        this.supervision = supervision;
        this.port = port;
        this.guarded = guarded;
    }

    /**
     * The server's programs on its directory and its port, which stays the same for as long as this process runs.
     *
     * @param progress takes a line when something takes long
     */
    private record Server(
            ClusterFiles files, PostgresBinaries binaries, Launch launch, int port, Consumer<String> progress)
            implements Supervision.Server {

        @Override
        public void clear() throws IOException {
            new PostmasterFile(files.cluster()).clear();
        }

        @Override
        public ServerProcess start() throws IOException {
            return ServerProcess.start(
                    launch.server(binaries.program("postgres"), arguments(files, port)), files.log());
        }

        @Override
        public boolean awaitReady(ServerProcess process) throws IOException {
            return EmbeddedPostgres.awaitReady(files, process, port, progress);
        }
    }

    /**
     * Starts the server in its directory, which is made at the first start, and returns when it answers. The server's programs are unpacked
     * beside the directory.
     *
     * @param directory the database directory; its parent is made if missing
     * @param progress takes a line when something takes long
     * @param trouble takes a line, on another thread, when the server ended by itself, for each attempt to start it again, and when it answers
     *     again
     * @throws EmbeddedPostgresException with one sentence for the operator; what this start made is gone again
     */
    public static EmbeddedPostgres start(Path directory, Consumer<String> progress, Consumer<String> trouble) {
        Path absolute = directory.toAbsolutePath().normalize();
        return start(absolute, absolute.resolveSibling("."), Launch.detect(), Backoff.standard(), progress, trouble);
    }

    /**
     * Starts the server with its programs beside the directory and with one place for all lines.
     *
     * @see #start(Path, Consumer, Consumer)
     */
    public static EmbeddedPostgres start(Path directory, Consumer<String> progress) {
        return start(directory, progress, progress);
    }

    /**
     * Starts the server with its programs in another place, so that many databases can share them.
     *
     * @param programs existing directory into which the programs are unpacked
     * @see #start(Path, Consumer, Consumer)
     */
    public static EmbeddedPostgres start(Path directory, Path programs, Consumer<String> progress) {
        return start(directory, programs, Launch.detect(), progress);
    }

    /**
     * How to log in to the server that another process runs on a directory.
     *
     * @param url JDBC URL of Keyledger's database, without credentials
     * @param ownerUser role that owns the schema
     * @param ownerPassword its password
     */
    public record Running(String url, String ownerUser, String ownerPassword) {

        @Override
        public String toString() {
            return "Running[" + url + "]";
        }
    }

    /** Whether a database has been made in a directory. */
    public static boolean existsIn(Path directory) {
        return Files.exists(new ClusterFiles(directory).cluster().resolve("PG_VERSION"));
    }

    /**
     * The server that is running on a directory, found by the port and the passwords that lie there. It belongs to whoever started it, and goes
     * with him.
     *
     * @throws EmbeddedPostgresException if this user may not read the password
     */
    public static Optional<Running> running(Path directory) {
        ClusterFiles files = new ClusterFiles(directory.toAbsolutePath().normalize());
        try {
            OptionalInt port = new PostmasterFile(files.cluster()).port();
            if (port.isEmpty()) {
                return Optional.empty();
            }
            String password = files.password(ClusterFiles.OWNER);
            try (Connection connection =
                    connect(port.getAsInt(), ClusterFiles.DATABASE, ClusterFiles.OWNER, password)) {
                return connection.isValid(5)
                        ? Optional.of(
                                new Running(url(port.getAsInt(), ClusterFiles.DATABASE), ClusterFiles.OWNER, password))
                        : Optional.empty();
            }
        } catch (SQLException nobody) {
            // What the file tells is stale: the server was killed, or another program has its port now.
            return Optional.empty();
        } catch (IOException unreadable) {
            throw cannotOpen(directory, unreadable);
        }
    }

    static EmbeddedPostgres start(Path directory, Path programs, Launch launch, Consumer<String> progress) {
        return start(directory, programs, launch, Backoff.standard(), progress, progress);
    }

    static EmbeddedPostgres start(
            Path directory,
            Path programs,
            Launch launch,
            Backoff backoff,
            Consumer<String> progress,
            Consumer<String> trouble) {
        Path database = directory.toAbsolutePath().normalize();
        try {
            Deque<Path> made = FileTree.create(database.resolveSibling(".").normalize());
            try {
                // Nobody else has to look into it, except the user as whom the server runs.
                for (Path each : made) {
                    Files.setPosixFilePermissions(
                            each,
                            PosixFilePermissions.fromString(launch.owner().isPresent() ? "rwx--x--x" : "rwx------"));
                }
                return startLocked(database, programs.normalize(), launch, backoff, progress, trouble);
            } catch (IOException | RuntimeException failed) {
                for (Path each : made) {
                    if (!removeEmpty(each)) {
                        break;
                    }
                }
                throw failed;
            }
        } catch (UncheckedIOException failed) {
            throw cannotOpen(database, Objects.requireNonNull(failed.getCause()));
        } catch (IOException failed) {
            throw cannotOpen(database, failed);
        }
    }

    private static EmbeddedPostgresException cannotOpen(Path database, IOException cause) {
        return new EmbeddedPostgresException(
                "The database in " + database + " cannot be opened (" + PostgresBinaries.reason(cause) + ").", cause);
    }

    private static boolean removeEmpty(Path directory) throws IOException {
        try (var content = Files.list(directory)) {
            if (content.findAny().isPresent()) {
                return false;
            }
        }
        Files.delete(directory);
        return true;
    }

    private static EmbeddedPostgres startLocked(
            Path database,
            Path programs,
            Launch launch,
            Backoff backoff,
            Consumer<String> progress,
            Consumer<String> trouble)
            throws IOException {
        ClusterFiles files = new ClusterFiles(database);
        DirectoryLock lock = DirectoryLock.take(database);
        boolean made = false;
        boolean started = false;
        PostgresBinaries binaries = null;
        try {
            boolean first = !files.exist();
            binaries = PostgresBinaries.in(programs, progress);
            if (first) {
                progress.accept("Making the database in " + database + " …");
                files.make(binaries, launch, new SecureRandom());
                made = true;
            }
            if (launch.owner().isPresent()) {
                FileTree.changeOwner(database, launch.owner().get());
            }
            EmbeddedPostgres running = run(files, lock, binaries, launch, backoff, progress, trouble);
            started = true;
            return running;
        } finally {
            if (!started) {
                if (made) {
                    // Nothing was acknowledged yet, so nothing is lost, and the next attempt starts from the beginning.
                    FileTree.delete(database);
                }
                if (binaries != null) {
                    binaries.removeIfNew();
                }
                lock.close();
            }
        }
    }

    private static EmbeddedPostgres run(
            ClusterFiles files,
            DirectoryLock lock,
            PostgresBinaries binaries,
            Launch launch,
            Backoff backoff,
            Consumer<String> progress,
            Consumer<String> trouble)
            throws IOException {
        if (Files.exists(files.log())) {
            Files.move(files.log(), files.log().resolveSibling("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        String complaint = "";
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            Server server = new Server(files, binaries, launch, freePort(), progress);
            server.clear();
            ServerProcess process = server.start();
            try {
                if (server.awaitReady(process)) {
                    return new EmbeddedPostgres(
                            files,
                            lock,
                            Supervision.of(server, process, backoff, trouble),
                            server.port(),
                            launch.guardsAgainstOrphans());
                }
            } catch (IOException | RuntimeException failed) {
                process.stop();
                throw failed;
            }
            List<String> output = process.output();
            complaint = ClusterFiles.complaint("postgres", String.join("\n", output));
            // Both pass: someone took the port between our look and the server's bind, or an old server is just going
            // away.
            boolean worthAnotherTry = output.stream()
                    .anyMatch(line -> line.contains("TCP/IP socket")
                            || line.contains("lock file")
                            || line.contains("shared memory block")
                            || line.contains("bind"));
            if (!worthAnotherTry) {
                break;
            }
            pause(TimeUnit.SECONDS.toMillis(attempt == 0 ? 0 : 1));
        }
        throw new EmbeddedPostgresException(
                "The database in " + files.cluster() + " does not start (" + complaint + "); see " + files.log() + ".");
    }

    private static List<String> arguments(ClusterFiles files, int port) {
        // On the command line and not in postgresql.conf, so that an older directory follows this version's settings
        // and no edited file
        // can take durability away.
        return List.of(
                "-D", files.cluster().toString(),
                "-c", "listen_addresses=127.0.0.1",
                "-c", "port=" + port,
                "-c", "unix_socket_directories=",
                "-c", "fsync=on",
                "-c", "full_page_writes=on",
                "-c", "synchronous_commit=on",
                "-c", "password_encryption=scram-sha-256",
                "-c", "max_connections=200",
                "-c", "timezone=UTC",
                "-c", "log_timezone=UTC",
                "-c", "logging_collector=off",
                "-c", "log_destination=stderr",
                "-c", "log_checkpoints=off",
                // Errors go to the client; the log gets neither statements nor the values in them, and does not grow
                // with every conflict. What makes the server give up is the exception: its text is logged, its values
                // are not.
                "-c", "log_min_messages=log",
                "-c", "log_min_error_statement=panic",
                "-c", "log_parameter_max_length_on_error=0",
                "-c", "log_error_verbosity=terse");
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** Waits until the server answers; false if it ended instead. */
    private static boolean awaitReady(ClusterFiles files, ServerProcess server, int port, Consumer<String> progress)
            throws IOException {
        String password = files.password(ClusterFiles.SERVICE);
        long started = System.nanoTime();
        boolean told = false;
        while (server.isAlive()) {
            try (Connection connection = connect(port, ClusterFiles.DATABASE, ClusterFiles.SERVICE, password)) {
                return connection.isValid(5);
            } catch (SQLException notYet) {
                String state = notYet.getSQLState();
                if (state != null && WRONG_LOGIN.contains(state)) {
                    throw new EmbeddedPostgresException(
                            "The database in " + files.cluster()
                                    + " does not accept the password in the file beside it; restore the directory as a whole from a back-up.",
                            notYet);
                }
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
            if (seconds >= SLOW_START_SECONDS && !told) {
                progress.accept("Waiting for the database to recover …");
                told = true;
            }
            if (seconds >= TimeUnit.MINUTES.toSeconds(READY_MINUTES)) {
                throw new EmbeddedPostgresException("The database in " + files.cluster() + " did not get ready within "
                        + READY_MINUTES + " minutes; see " + files.log() + ".");
            }
            pause(POLL_MILLIS);
        }
        return false;
    }

    private static Connection connect(int port, String database, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("logServerErrorDetail", "false");
        return DriverManager.getConnection(url(port, database), properties);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("The start of the database was interrupted.", stopped);
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private String password(String role) {
        try {
            return files.password(role);
        } catch (IOException unreadable) {
            throw new EmbeddedPostgresException(
                    "The password file of the role " + role + " beside " + files.cluster() + " cannot be read.",
                    unreadable);
        }
    }

    /** JDBC URL of Keyledger's database, without credentials. */
    public String jdbcUrl() {
        return url(port, ClusterFiles.DATABASE);
    }

    /** JDBC URL of another database of the same server. */
    public String jdbcUrl(String database) {
        return url(port, database);
    }

    /** Role that owns the schema. */
    public String ownerUser() {
        return ClusterFiles.OWNER;
    }

    /** The owner's generated password. */
    public String ownerPassword() {
        return password(ClusterFiles.OWNER);
    }

    /** Role of the running service, which owns nothing. */
    public String serviceUser() {
        return ClusterFiles.SERVICE;
    }

    /** The service's generated password. */
    public String servicePassword() {
        return password(ClusterFiles.SERVICE);
    }

    /** The server's superuser, for work by hand; the service never uses it. */
    public String superuser() {
        return ClusterFiles.SUPERUSER;
    }

    /** The superuser's generated password. */
    public String superuserPassword() {
        return password(ClusterFiles.SUPERUSER);
    }

    /** TCP port on the loopback address. */
    public int port() {
        return port;
    }

    /** Process id of the server, which is another one after it had to be started again. */
    public long pid() {
        return supervision.process().pid();
    }

    /** How often the server ended by itself and was started again so far. */
    public long restarts() {
        return supervision.recoveries();
    }

    /** Whether the server stops by itself when this process is killed; false where the system has no means for it. */
    public boolean stopsWithThisProcess() {
        return guarded;
    }

    /** Stops the server cleanly, for good, and lets the directory go. */
    @Override
    public void close() {
        supervision.close();
        lock.close();
    }
}
