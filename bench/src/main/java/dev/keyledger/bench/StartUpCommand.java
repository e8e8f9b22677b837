package dev.keyledger.bench;

import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.target.NodeProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From the start of the process to the first good answer of the readiness probe, on a directory that a node has used before. */
@Command(name = "start-up", description = "Seconds to readiness on a warm data directory, for each way and each Java.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class StartUpCommand implements Runnable {

    @Mixin
    RunOptions options;

    @Mixin
    LaunchOptions launches;

    @Option(names = "--keys", description = "keys of the store, if it is made here (default: ${DEFAULT-VALUE})")
    int keys = 1_000;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            run(launches.store == null ? work.path().resolve("warm/node") : launches.store);
        }
    }

    private void run(Path store) {
        out.println(Machine.description(store));
        StoreOption.withKeys(options, store, keys, out).close();
        Map<String, Series> seconds = new LinkedHashMap<>();
        Map<String, Series> memory = new LinkedHashMap<>();
        // One unmeasured round first: each way may leave something behind that the next start of the same way uses.
        for (int repetition = 0; repetition <= options.repetitions(); repetition++) {
            for (LaunchOptions.Way way : launches.all()) {
                try (NodeProcess node = NodeProcess.start(way.launch(), options.jar(), store, options.settings)) {
                    if (repetition > 0) {
                        seconds.computeIfAbsent(way.name(), key -> new Series()).add(node.readySeconds());
                        memory.computeIfAbsent(way.name(), key -> new Series())
                                .add(node.memory().resident());
                    }
                }
            }
        }
        Table table = new Table("start", "seconds to readiness", "resident MiB then");
        seconds.forEach((name, series) -> table.row(
                name, series.text(2), memory.getOrDefault(name, series).text(0)));
        out.println("\nEach figure: minimum / median / maximum over " + options.repetitions() + " starts.\n");
        out.println(table);
    }
}
