package dev.keyledger.bench;

import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.timing.ImportTiming;
import dev.keyledger.bench.timing.Sample;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Whether the time of a refused import tells why it was refused: Welch's t of each PKCS#1 v1.5 fault against good material, over interleaved
 * samples. Beside it the platform's own padding, whose exception is known to be told by its time.
 */
@Command(name = "timing", description = "Whether an import's time tells one padding fault from another.")
final class TimingCommand implements Callable<Integer> {

    /** Beyond it a difference is taken for real. */
    private static final double LIMIT = 4.5;

    @Option(names = "--samples", description = "of each class (default: ${DEFAULT-VALUE})")
    private int samples = 8_000;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    /** 0 if no fault can be told from good material by its time, else 1. */
    @Override
    public Integer call() {
        out.println(Machine.description(Path.of(System.getProperty("java.io.tmpdir"))));
        ImportTiming timing = new ImportTiming();
        double service = print("Keyledger", timing.ofTheService(samples));
        double platform = print("the platform's own PKCS1Padding", timing.ofThePlatform(samples));
        out.printf(
                Locale.ROOT,
                "largest |t|: %.1f (limit %.1f); of the platform's padding, for comparison: %.1f%n",
                service,
                LIMIT,
                platform);
        return service < LIMIT ? 0 : 1;
    }

    private double print(String name, Map<String, Sample> results) {
        Sample good = results.getOrDefault(ImportTiming.good(), new Sample(0));
        Table table = new Table(name, "mean µs", "difference µs", "t");
        double largest = 0;
        for (Map.Entry<String, Sample> each : results.entrySet()) {
            Sample sample = each.getValue();
            double t = sample == good ? 0 : sample.welchT(good);
            largest = Math.max(largest, Math.abs(t));
            table.row(
                    each.getKey(),
                    RunOptions.decimal(sample.mean() / 1e3, 1),
                    RunOptions.decimal((sample.mean() - good.mean()) / 1e3, 2),
                    RunOptions.decimal(t, 1));
        }
        out.println(table);
        return largest;
    }
}
