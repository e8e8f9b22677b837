package dev.keyledger.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The server's own lock file, {@code postmaster.pid}. Whoever clears it holds the {@link DirectoryLock}, so no Keyledger is alive that
 * would want the server which the file names: it is an orphan, or the file is stale.
 */
final class PostmasterFile {

    private static final long ORPHAN_SECONDS = 60;
    private static final long POLL_MILLIS = 50;
    private static final Path SHARED_MEMORY = Path.of("/proc/sysvipc/shm");

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private final Path cluster;
    private final Path file;

    PostmasterFile(Path cluster) {
        this.cluster = cluster;
        this.file = cluster.resolve("postmaster.pid");
    }

    /** Stops an orphaned server and removes a stale lock file that would keep the new server from starting. */
    void clear() throws IOException {
        List<String> lines = lines();
        Optional<ProcessHandle> named = named(lines);
        if (named.isEmpty()) {
            // Nobody has that process id: the server itself knows that the file is stale.
            return;
        }
        if (isServerOfThisDirectory(named.get())) {
            ServerProcess.interrupt(named.get());
            if (!ServerProcess.ended(named.get(), ORPHAN_SECONDS)) {
                throw inUse(named.get());
            }
            return;
        }
        // The id belongs to someone else now (in a container often to a thread of this very process) or to a server
        // that was killed and not yet reaped. The new server only sees that the id exists, and would refuse to start.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ORPHAN_SECONDS);
        while (processesAttached(lines)) {
            // The backends of a killed server see its end within moments and go.
            if (System.nanoTime() > deadline) {
                throw inUse(named.get());
            }
            EmbeddedPostgres.pause(POLL_MILLIS);
        }
        if (Files.exists(SHARED_MEMORY)) {
            Files.deleteIfExists(file);
        }
    }

    /** The port that the file names; empty without a file, or while the server is only starting. */
    OptionalInt port() throws IOException {
        List<String> lines = lines();
        try {
            return lines.size() < 4
                    ? OptionalInt.empty()
                    : OptionalInt.of(Integer.parseInt(lines.get(3).strip()));
        } catch (NumberFormatException notYet) {
            return OptionalInt.empty();
        }
    }

    private EmbeddedPostgresException inUse(ProcessHandle process) {
        return new EmbeddedPostgresException("The database in " + cluster
                + " is in use by a PostgreSQL server that does not stop (process " + process.pid()
                + "), or is a copy of one that was running; stop that server first.");
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException stoppedClean) {
            return List.of();
        }
    }

    private static Optional<ProcessHandle> named(List<String> lines) {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        try {
            return ProcessHandle.of(Math.abs(Long.parseLong(lines.get(0).strip())))
                    .filter(ProcessHandle::isAlive);
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }

    private boolean isServerOfThisDirectory(ProcessHandle process) {
        boolean server = process.info()
                .command()
                .map(command -> command.endsWith("/postgres"))
                .orElse(false);
        return server
                && process.info()
                        .arguments()
                        .map(arguments -> List.of(arguments).contains(cluster.toString()))
                        .orElse(false);
    }

    /** Whether processes of a killed server still hold its shared memory, as the server itself checks it. */
    private static boolean processesAttached(List<String> lines) throws IOException {
        if (lines.size() < 7 || !Files.exists(SHARED_MEMORY)) {
            return false;
        }
        List<String> keyAndId = BLANKS.splitAsStream(lines.get(6).strip()).toList();
        for (String line : Files.readAllLines(SHARED_MEMORY)) {
            // Columns: key, shmid, perms, size, cpid, lpid, nattch, …
            List<String> columns = BLANKS.splitAsStream(line.strip()).toList();
            if (keyAndId.size() == 2 && columns.size() > 6 && columns.get(1).equals(keyAndId.get(1))) {
                return !columns.get(6).equals("0");
            }
        }
        return false;
    }
}
