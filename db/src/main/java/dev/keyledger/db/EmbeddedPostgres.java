package dev.keyledger.db;

import java.nio.file.Path;
import java.util.function.Consumer;

/** A PostgreSQL server that lives and dies with this process. */
@SuppressWarnings("DoNotCallSuggester")
public final class EmbeddedPostgres implements AutoCloseable {

    private EmbeddedPostgres() {}

    /** Starts the server in its directory, which is made at the first start. */
    public static EmbeddedPostgres start(Path directory, Consumer<String> progress) {
        throw new UnsupportedOperationException("not built yet");
    }

    public String jdbcUrl() {
        throw new UnsupportedOperationException("not built yet");
    }

    public String ownerUser() {
        throw new UnsupportedOperationException("not built yet");
    }

    public String ownerPassword() {
        throw new UnsupportedOperationException("not built yet");
    }

    public String serviceUser() {
        throw new UnsupportedOperationException("not built yet");
    }

    public String servicePassword() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
