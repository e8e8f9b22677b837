package dev.keyledger.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.bench.bare.BareCommits;
import dev.keyledger.bench.load.AccessKeyPair;
import dev.keyledger.bench.load.ClosedLoops;
import dev.keyledger.bench.load.Endpoint;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.Measured;
import dev.keyledger.bench.load.SignedTemplate;
import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.MachineUse;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.report.SharesSeries;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.target.NodeProcess;
import dev.keyledger.bench.target.ServerProcess;
import dev.keyledger.bench.target.StoreAccess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The use of keys, beside a server of the same container that does nothing, one that only commits the journal's rows, and bare commits.
 * Requests and answers have the same sizes everywhere, and all are asked by the same client.
 */
@Command(
        name = "use-path",
        description =
                "Encrypt, Decrypt, GenerateDataKey and DescribeKey beside a no-op, a bare journal and bare commits.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class UsePathCommand implements Runnable {

    private static final int KEYS = 100;
    private static final List<Integer> MORE_ROWS = List.of(8, 32, 128);

    @Mixin
    RunOptions options;

    @Option(names = "--connections", split = ",", description = "numbers of connections (default: ${DEFAULT-VALUE})")
    List<Integer> connections = List.of(32, 1);

    @Option(names = "--actions", split = ",", description = "which operations (default: all)")
    List<UseAction> actions = Arrays.asList(UseAction.values());

    @Option(
            names = "--journal-in-flight",
            description = "transactions in flight of the bare journal (default: ${DEFAULT-VALUE})")
    int inFlight = 1;

    @Option(
            names = "--journal-threshold",
            description = "waiting records from which a second one starts (default: ${DEFAULT-VALUE})")
    int threshold = 8;

    @Option(
            names = "--commit-delay",
            description =
                    "microseconds that every commit takes longer, as on a slower disk (default: ${DEFAULT-VALUE})")
    int commitDelayMicros;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            run(work.path());
        }
    }

    private void run(Path directory) {
        out.println(Machine.description(directory));
        try (NodeProcess node =
                NodeProcess.start(options.launch(), options.jar(), directory.resolve("node"), options.settings)) {
            // In the node's own database the node would number and sign what these write.
            StoreAccess bare = node.store().besides("bare");
            bare.dropLogIndexes();
            run(node, bare, directory);
        }
    }

    private void run(NodeProcess node, StoreAccess bare, Path directory) {
        try (ServerProcess noop = ServerProcess.noop(options.launch(), directory);
                ServerProcess journal = ServerProcess.journal(options.launch(), directory, bare, inFlight, threshold);
                HikariDataSource pool = bare.servicePool(2);
                ClosedLoops loops = new ClosedLoops()) {
            node.store().delayCommits(commitDelayMicros);
            new Session(node, noop, journal, pool, loops).run();
        }
    }

    /**
     * What is asked.
     *
     * @param variants parameters, one for each key
     * @param answerSize bytes of the node's answer
     */
    private record Request(String name, List<Map<String, String>> variants, int answerSize) {}

    /** One run: its processes, its figures. */
    private final class Session {

        private final NodeProcess node;
        private final ServerProcess noop;
        private final ServerProcess journal;
        private final HikariDataSource pool;
        private final ClosedLoops loops;
        private final AccessKeyPair accessKey;
        private final List<Request> requests = new ArrayList<>();
        private final Map<String, Series> figures = new LinkedHashMap<>();
        private final Map<String, SharesSeries> uses = new LinkedHashMap<>();

        Session(NodeProcess node, ServerProcess noop, ServerProcess journal, HikariDataSource pool, ClosedLoops loops) {
            this.node = node;
            this.noop = noop;
            this.journal = journal;
            this.pool = pool;
            this.loops = loops;
            this.accessKey = node.accessKey();
        }

        void run() {
            prepare();
            for (int count : connections) {
                warmUp(count);
                for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
                    out.println("repetition " + repetition + " with " + count + " connections");
                    measureAll(count);
                }
            }
            print();
        }

        private void prepare() {
            KmsClient client = new KmsClient(node.endpoint(), accessKey);
            List<String> keyIds = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                keyIds.add(KmsClient.member("KeyId", client.call("CreateKey", Map.of())));
            }
            for (UseAction action : actions) {
                List<Map<String, String>> all = keyIds.stream()
                        .map(keyId -> action.parameters(client, keyId))
                        .toList();
                String answer = client.call(action.action(), all.get(0));
                requests.add(new Request(action.action(), all, answer.getBytes(StandardCharsets.UTF_8).length));
            }
        }

        private void warmUp(int count) {
            out.println("warming up for " + options.warmUp().toSeconds() + " s each, " + count + " connections");
            Duration each = options.warmUp().dividedBy(actions.size());
            for (Request request : requests) {
                load(noop.endpoint(), request, count, each);
                load(journal.endpoint(), request, count, each);
                load(node.endpoint(), request, count, each);
            }
            BareCommits.run(pool, 1, options.warmUp().dividedBy(4), BareCommits.journalRows(1));
        }

        private void measureAll(int count) {
            bare(count, 1);
            if (count == connections.get(0)) {
                for (int rows : MORE_ROWS) {
                    bare(count, rows);
                }
            }
            for (Request request : requests) {
                noop.answerSize(request.answerSize);
                journal.answerSize(request.answerSize);
                measure("no-op", noop.endpoint(), noop.pid(), request, count);
                measure("journal", journal.endpoint(), journal.pid(), request, count);
                measure("node", node.endpoint(), node.pid(), request, count);
            }
        }

        private void bare(int count, int rows) {
            BareCommits.Result result = BareCommits.run(pool, 1, options.measure(), BareCommits.journalRows(rows));
            series("bare " + rows, count, "rate").add(result.perSecond());
            series("bare " + rows, count, "p50").add(result.millisAt(50));
        }

        private void measure(String target, Endpoint endpoint, long pid, Request request, int count) {
            Map<String, Long> pids = new LinkedHashMap<>();
            pids.put("client", ProcessHandle.current().pid());
            pids.put("server", pid);
            pids.put("PostgreSQL", node.store().pid());
            String name = target + " " + request.name;
            MachineUse use = MachineUse.watch(pids);
            Measured measured = load(endpoint, request, count, options.measure());
            uses.computeIfAbsent(name + " at " + count, key -> new SharesSeries())
                    .add(use.soFar());
            if (measured.faults() > 0) {
                throw new IllegalStateException(name + ": " + measured.faults() + " answers were not good, the first: "
                        + measured.firstFault());
            }
            series(name, count, "rate").add(measured.perSecond());
            series(name, count, "p50").add(measured.millisAt(50));
            series(name, count, "p99").add(measured.millisAt(99));
        }

        private Measured load(Endpoint endpoint, Request request, int count, Duration length) {
            List<SignedTemplate> templates = request.variants.stream()
                    .map(parameters -> SignedTemplate.of(endpoint, accessKey, request.name, parameters))
                    .toList();
            return loops.run(endpoint, accessKey, count, length, number -> new InTurn(templates, number));
        }

        private Series series(String name, int number, String figure) {
            return figures.computeIfAbsent(name + "/" + number + "/" + figure, key -> new Series());
        }

        private void print() {
            out.println("\nEach figure: minimum / median / maximum over " + options.repetitions() + " repetitions of "
                    + options.measure().toSeconds() + " s; commits delayed by " + commitDelayMicros + " µs.\n");
            out.println(bareTable());
            for (int count : connections) {
                out.println(rates(count));
                out.println(latencies(count));
            }
            out.println(SharesSeries.table(uses));
        }

        private Table bareTable() {
            int count = connections.get(0);
            Table table = new Table("bare commits, one connection", "commits/s", "rows/s", "p50 ms");
            bareRow(table, count, 1);
            MORE_ROWS.forEach(rows -> bareRow(table, count, rows));
            return table;
        }

        private void bareRow(Table table, int count, int rows) {
            Series rate = series("bare " + rows, count, "rate");
            table.row(
                    rows + (rows == 1 ? " record and nonce" : " records and nonces") + " a commit",
                    rate.text(0),
                    String.format(Locale.ROOT, "%.0f", rate.median() * rows),
                    series("bare " + rows, count, "p50").text(2));
        }

        private Table rates(int count) {
            Table table = new Table(
                    heading(count),
                    "no-op/s",
                    "bare journal/s",
                    "Keyledger/s",
                    "of the journal",
                    "of the no-op",
                    "of bare one-row commits");
            for (Request request : requests) {
                Series rate = series("node " + request.name, count, "rate");
                Series noopRate = series("no-op " + request.name, count, "rate");
                Series journalRate = series("journal " + request.name, count, "rate");
                table.row(
                        request.name,
                        noopRate.text(0),
                        journalRate.text(0),
                        rate.text(0),
                        rate.over(journalRate).text(2),
                        rate.over(noopRate).text(2),
                        rate.over(series("bare 1", count, "rate")).text(1));
            }
            return table;
        }

        private Table latencies(int count) {
            Table table = new Table(
                    heading(count),
                    "Keyledger p50 ms",
                    "Keyledger p99 ms",
                    "journal p50 ms",
                    "journal p99 ms",
                    "p50 of a bare one-row commit's");
            for (Request request : requests) {
                Series p50 = series("node " + request.name, count, "p50");
                table.row(
                        request.name,
                        p50.text(2),
                        series("node " + request.name, count, "p99").text(2),
                        series("journal " + request.name, count, "p50").text(2),
                        series("journal " + request.name, count, "p99").text(2),
                        p50.over(series("bare 1", count, "p50")).text(1));
            }
            return table;
        }

        private String heading(int count) {
            return count + (count == 1 ? " connection" : " connections");
        }
    }
}
