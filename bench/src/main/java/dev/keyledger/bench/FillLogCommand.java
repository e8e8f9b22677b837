package dev.keyledger.bench;

import dev.keyledger.bench.fill.LogFiller;
import dev.keyledger.bench.target.NodeProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a store with many records, which its node numbers and signs, for {@code log-queries}. */
@Command(
        name = "fill-log",
        description = "Makes a store with many keys and audit records in a directory, to be used by log-queries.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class FillLogCommand implements Runnable {

    private static final int KEYS_OF_RECORDS = 10_000;
    private static final long PROGRESS = 500_000;

    @Mixin
    RunOptions options;

    @Parameters(description = "directory in which keyledger-data is made or filled up")
    Path store;

    @Option(names = "--keys", description = "how many keys it will have (default: ${DEFAULT-VALUE})")
    int keys = 1_000_000;

    @Option(names = "--records", description = "how many records more (default: ${DEFAULT-VALUE})")
    long records = 10_000_000;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (NodeProcess node = StoreOption.withKeys(options, store, keys, out)) {
            List<UUID> used = StoreOption.keys(node.store(), KEYS_OF_RECORDS).stream()
                    .map(UUID::fromString)
                    .toList();
            long begun = System.nanoTime();
            new LogFiller(node.store().owner()).write(used, records, this::progress);
            double written = seconds(begun);
            new LogLag(node.store()).settle();
            out.printf(
                    Locale.ROOT,
                    "%d records: written after %.0f s, numbered and signed after %.0f s%n",
                    records,
                    written,
                    seconds(begun));
            StoreOption.vacuum(node.store());
            out.println("the log has "
                    + JdbcClient.create(node.store().owner())
                            .sql("select next_index from sequencer")
                            .query(Long.class)
                            .single()
                    + " records");
        }
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private void progress(long done) {
        if (done % PROGRESS == 0) {
            out.println("  " + done + " of " + records);
        }
    }
}
