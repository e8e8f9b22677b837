package dev.keyledger.bench;

import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.target.ReplayProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All views from event 0 and their comparison, by the shipped command, on a store that nobody else uses. */
@Command(name = "replay", description = "Rebuilds and compares all read models of a store made by fill.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class ReplayCommand implements Runnable {

    @Mixin
    RunOptions options;

    @Option(names = "--store", required = true, description = "directory of a store made by fill")
    Path store;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        out.println(Machine.description(store));
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            ReplayProcess.Ended ended = ReplayProcess.run(options.launch(), options.jar(), store.toAbsolutePath());
            out.println(ended.output());
            out.printf(
                    Locale.ROOT,
                    "%.1f s with the start of the JVM and of the database; resident MiB every 2 s: %s%n",
                    ended.seconds(),
                    ended.resident().stream()
                            .map(mebibytes -> String.format(Locale.ROOT, "%.0f", mebibytes))
                            .collect(Collectors.joining(" ")));
        }
    }
}
