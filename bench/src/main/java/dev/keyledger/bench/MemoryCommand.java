package dev.keyledger.bench;

import dev.keyledger.bench.load.ClosedLoops;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.Measured;
import dev.keyledger.bench.load.RequestSource;
import dev.keyledger.bench.load.SignedTemplate;
import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.target.NodeProcess;
import dev.keyledger.bench.target.ResidentMemory;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Resident memory of a node under mixed load over all keys of a large store, for each way to start it and each Java. */
@Command(name = "memory", description = "Resident memory under load with a large store, for each way and each Java.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class MemoryCommand implements Runnable {

    private static final int CONNECTIONS = 32;
    private static final int DECRYPTED = 20_000;

    @Mixin
    RunOptions options;

    @Mixin
    LaunchOptions launches;

    @Option(names = "--keys", description = "keys of the store, if it is made here (default: ${DEFAULT-VALUE})")
    int keys = 1_000_000;

    @Option(names = "--load", description = "seconds of load before each look (default: ${DEFAULT-VALUE})")
    int loadSeconds = 60;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            run(launches.store == null ? work.path().resolve("large/node") : launches.store);
        }
    }

    private void run(Path store) {
        out.println(Machine.description(store));
        StoreOption.withKeys(options, store, keys, out).close();
        Table table = new Table(
                "under load of " + CONNECTIONS + " connections",
                "resident MiB, five looks",
                "peak MiB",
                "anonymous MiB",
                "threads",
                "requests/s");
        for (LaunchOptions.Way way : launches.all()) {
            try (NodeProcess node = NodeProcess.start(way.launch(), options.jar(), store, options.settings);
                    ClosedLoops loops = new ClosedLoops()) {
                row(table, way.name(), node, loops);
            }
        }
        out.println(table);
    }

    private void row(Table table, String name, NodeProcess node, ClosedLoops loops) {
        List<String> keyIds = StoreOption.keys(node.store(), keys);
        List<String> blobs = Ciphertexts.of(node, loops, keyIds.subList(0, Math.min(DECRYPTED, keyIds.size())));
        KmsClient client = new KmsClient(node.endpoint(), node.accessKey());
        Duration length = Duration.ofSeconds(options.quick ? 5 : loadSeconds);
        Series resident = new Series();
        Series rate = new Series();
        ResidentMemory last = node.memory();
        for (int look = 0; look < 5; look++) {
            Measured measured = loops.run(
                    node.endpoint(),
                    node.accessKey(),
                    CONNECTIONS,
                    length,
                    number -> source(client, number, keyIds, blobs));
            if (measured.faults() > 0) {
                throw new IllegalStateException(measured.faults() + " answers were not good: " + measured.firstFault());
            }
            last = node.memory();
            resident.add(last.resident());
            rate.add(measured.perSecond());
        }
        table.row(
                name,
                resident.text(0),
                RunOptions.decimal(last.peak(), 0),
                RunOptions.decimal(last.anonymous(), 0),
                Long.toString(last.threads()),
                rate.text(0));
    }

    /** Each connection has one of four kinds of request. */
    private static RequestSource source(KmsClient client, int number, List<String> keyIds, List<String> blobs) {
        return switch (number % 4) {
            case 0 ->
                new RandomKeys(
                        client.template(
                                "Encrypt", Map.of("KeyId", SignedTemplate.OPEN, "Plaintext", UseAction.PLAINTEXT)),
                        keyIds);
            case 1 -> new RandomKeys(client.template("Decrypt", Map.of("CiphertextBlob", SignedTemplate.OPEN)), blobs);
            case 2 -> new RandomKeys(client.template("GenerateDataKey", Map.of("KeyId", SignedTemplate.OPEN)), keyIds);
            default -> new RandomKeys(client.template("DescribeKey", Map.of("KeyId", SignedTemplate.OPEN)), keyIds);
        };
    }
}
