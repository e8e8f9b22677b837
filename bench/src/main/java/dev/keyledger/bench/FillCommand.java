package dev.keyledger.bench;

import dev.keyledger.bench.target.NodeProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a store with many keys that later measurements, and a node started by hand, can use again. */
@Command(
        name = "fill",
        description = "Makes a store with many keys in a directory, to be used by scale, memory and start-up.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class FillCommand implements Runnable {

    @Mixin
    RunOptions options;

    @Parameters(description = "directory in which keyledger-data is made or filled up")
    Path store;

    @Option(names = "--keys", description = "how many keys it will have (default: ${DEFAULT-VALUE})")
    int keys = 1_000_000;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (NodeProcess node = StoreOption.withKeys(options, store, keys, out)) {
            out.printf(Locale.ROOT, "%s has its keys; the node was ready after %.1f s%n", store, node.readySeconds());
        }
    }
}
