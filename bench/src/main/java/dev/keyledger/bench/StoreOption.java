package dev.keyledger.bench;

import dev.keyledger.bench.target.FillingStore;
import dev.keyledger.bench.target.NodeProcess;
import dev.keyledger.bench.target.StoreAccess;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores with many keys: making them, and reading which keys they have. */
final class StoreOption {

    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(30);

    private StoreOption() {}

    /** Whether a node has been started in this directory before. */
    static boolean exists(Path directory) {
        return Files.isDirectory(directory.resolve("keyledger-data/postgres"));
    }

    /**
     * Starts a node in a directory and makes sure that its store has so many keys, filling up what is missing.
     *
     * @return the running node, at rest
     */
    static NodeProcess withKeys(RunOptions options, Path directory, int count, PrintWriter out) {
        NodeProcess node = NodeProcess.start(options.launch(), options.jar(), directory, options.settings);
        try {
            long present = JdbcClient.create(node.store().owner())
                    .sql("select count(*) from key_state")
                    .query(Long.class)
                    .single();
            int missing = Math.toIntExact(Math.max(0, count - present));
            if (missing > 0) {
                long begun = System.nanoTime();
                FillingStore.of(node).filler().createKeys(missing, done -> progress(out, done, missing));
                settle(node.store());
                out.printf(
                        Locale.ROOT,
                        "filled %d keys and let the processors catch up in %.0f s%n",
                        missing,
                        (System.nanoTime() - begun) / 1e9);
            }
            return node;
        } catch (RuntimeException failed) {
            node.close();
            throw failed;
        }
    }

    private static void progress(PrintWriter out, long done, int of) {
        if (done % 100_000 == 0) {
            out.println("  " + done + " of " + of);
        }
    }

    /**
     * Brings the store to where it would be if its keys had been created one by one: event processors at the head, statistics taken, nothing
     * left for the server to clean up.
     */
    private static void settle(StoreAccess store) {
        awaitProcessors(store);
        markListing(store);
        vacuum(store);
    }

    /** Takes statistics, leaves nothing for the server to clean up or to write out. */
    static void vacuum(StoreAccess store) {
        try (Connection connection = store.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum (analyze)");
        } catch (SQLException failed) {
            throw new IllegalStateException("the store cannot be vacuumed", failed);
        }
        store.checkpoint();
    }

    /** The node's upkeep does it a little at a time; a store of version 0.1.0 has none of it. */
    private static void markListing(StoreAccess store) {
        JdbcClient sql = JdbcClient.create(store.owner());
        boolean known = sql.sql("select to_regprocedure('mark_key_listing(integer)') is not null")
                .query(Boolean.class)
                .single();
        while (known) {
            known = sql.sql("select mark_key_listing(5000)")
                    .query(Boolean.class)
                    .single();
        }
    }

    private static void awaitProcessors(StoreAccess store) {
        JdbcClient sql = JdbcClient.create(store.owner());
        long last = sql.sql("select max(global_index) from domain_event")
                .query(Long.class)
                .single();
        long end = System.nanoTime() + CATCH_UP_LIMIT.toNanos();
        while (behind(sql, last)) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("the processors do not catch up");
            }
            try {
                Thread.sleep(500);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the processors catch up", stopped);
            }
        }
    }

    /** A token is JSON and says how far it got. */
    private static boolean behind(JdbcClient sql, long last) {
        return sql.sql("""
                        select exists (select from token_entry where token_type = 'keyledger.token.gap-aware'
                            and (convert_from(token, 'UTF8')::jsonb ->> 'index')::bigint < :last)
                        """).param("last", last).query(Boolean.class).single();
    }

    /** Keys of the store in random order. */
    static List<String> keys(StoreAccess store, int limit) {
        return JdbcClient.create(store.owner())
                .sql("select key_id::text from key_state where state = 'Enabled' order by random() limit :limit")
                .param("limit", limit)
                .query(String.class)
                .list();
    }
}
