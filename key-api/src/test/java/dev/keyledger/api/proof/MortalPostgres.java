package dev.keyledger.api.proof;

import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A database server of a proof's own, which can be killed with all its processes and started again, then on another port. */
final class MortalPostgres implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(60);

    private final Path data;
    private EmbeddedPostgres server;

    private MortalPostgres(Path data) {
        this.data = data;
        this.server = start(data);
    }

    /** A new server with its data in this directory's {@code postgres}. */
    static MortalPostgres in(Path directory) {
        return new MortalPostgres(directory.resolve("postgres"));
    }

    private static EmbeddedPostgres start(Path data) {
        return EmbeddedPostgres.start(data, TestPostgres.programs(), line -> {});
    }

    /** The database on the server's present port. */
    TestDatabase database() {
        return new TestDatabase(
                server.jdbcUrl(),
                server.ownerUser(),
                server.ownerPassword(),
                server.serviceUser(),
                server.servicePassword());
    }

    /** Where the server listens at present. */
    int port() {
        return server.port();
    }

    /** Kills everything at once and starts the server again on what was left. */
    void killAndRestart() {
        ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
        List<ProcessHandle> all =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> Await.until("a killed process ends", END, () -> !each.isAlive()));
        // Lets go of the directory; a server that supervision has started meanwhile is stopped.
        server.close();
        server = start(data);
    }

    @Override
    public void close() {
        server.close();
    }
}
