package dev.keyledger.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.bench.bare.BareCommits;
import dev.keyledger.bench.bare.BareCommits.Works;
import dev.keyledger.bench.fill.ImportTicket;
import dev.keyledger.bench.fill.StoreFiller;
import dev.keyledger.bench.load.ClosedLoops;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.Measured;
import dev.keyledger.bench.load.RequestSource;
import dev.keyledger.bench.load.SignedTemplate;
import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.MachineUse;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.report.SharesSeries;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.target.FillingStore;
import dev.keyledger.bench.target.NodeProcess;
import dev.keyledger.bench.target.StoreAccess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Changes of keys, beside the same rows in one plain JDBC transaction for each, on the same server: CreateKey, DisableKey and EnableKey in
 * turn, and the first import of a key with one RSA private operation. Last the making of import parameters, of which there is no bare form.
 */
@Command(
        name = "commands",
        description = "CreateKey, Enable/Disable, imports beside the same rows in plain transactions.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class CommandsCommand implements Runnable {

    private static final Duration PARAMETERS_LENGTH = Duration.ofSeconds(10);

    @Mixin
    RunOptions options;

    @Option(
            names = "--connections",
            description = "number of connections, and of bare threads (default: ${DEFAULT-VALUE})")
    int connections = 32;

    @Option(
            names = "--pool",
            description = "connections of the bare work's pool, the service's own (default: ${DEFAULT-VALUE})")
    int poolSize = 24;

    @Option(
            names = "--imports-a-second",
            description = "how many importable keys to have ready for each second of load (default: ${DEFAULT-VALUE})")
    int importsASecond = 1_500;

    @Option(
            names = "--only",
            description = "measure only those whose name begins so, such as DisableKey (default: all)")
    String only = "";

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
            StoreAccess bare = node.store().besides("bare");
            try (HikariDataSource pool = bare.servicePool(poolSize);
                    ClosedLoops loops = new ClosedLoops()) {
                new Session(node, FillingStore.of(node), FillingStore.unattended(bare), pool, loops).run();
            }
        }
    }

    /**
     * Something that is measured in both ways.
     *
     * @param works the bare work
     * @param sources the requests of each connection
     */
    private record Subject(String name, Works works, IntFunction<RequestSource> sources) {}

    private final class Session {

        private final NodeProcess node;
        private final StoreFiller filler;
        private final FillingStore bare;
        private final HikariDataSource pool;
        private final ClosedLoops loops;
        private final KmsClient client;
        private final Map<String, Series> figures = new LinkedHashMap<>();
        private final Map<String, SharesSeries> uses = new LinkedHashMap<>();

        Session(NodeProcess node, FillingStore filling, FillingStore bare, HikariDataSource pool, ClosedLoops loops) {
            this.node = node;
            this.filler = filling.filler();
            this.bare = bare;
            this.pool = pool;
            this.loops = loops;
            this.client = new KmsClient(node.endpoint(), node.accessKey());
        }

        void run() {
            List<Subject> subjects = subjects();
            out.println("warming up for " + options.warmUp().toSeconds() + " s each");
            Duration share = options.warmUp().dividedBy(subjects.size());
            for (Subject subject : subjects) {
                BareCommits.run(pool, connections, share, subject.works);
                good(subject.name, load(subject, share));
            }
            for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
                out.println("repetition " + repetition);
                for (Subject subject : subjects) {
                    measure(subject);
                }
            }
            print(subjects);
            if (only.isEmpty()) {
                parameters();
            }
        }

        private List<Subject> subjects() {
            int imports = !"ImportKeyMaterial".startsWith(only)
                    ? 0
                    : Math.toIntExact(importsASecond
                            * (options.warmUp().toSeconds() / 3
                                    + options.measure().toSeconds() * options.repetitions()));
            Queue<ImportTicket> bareTickets =
                    new ConcurrentLinkedQueue<>(bare.filler().createImportable(imports));
            List<String> bareKeys = bare.filler().createKeys(connections, done -> {});
            Queue<ImportTicket> tickets = new ConcurrentLinkedQueue<>(filler.createImportable(imports));
            SignedTemplate create = client.template("CreateKey", Map.of());
            List<Switches> switches = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                switches.add(new Switches(KmsClient.member("KeyId", client.call("CreateKey", Map.of()))));
            }
            return Stream.of(
                            new Subject("CreateKey", bare.transactions().createKey(), number -> () -> create),
                            new Subject(
                                    "DisableKey, EnableKey", bare.transactions().switchKeys(bareKeys), switches::get),
                            new Subject(
                                    "ImportKeyMaterial",
                                    bare.transactions().importMaterial(bareTickets),
                                    number -> () -> next(tickets)))
                    .filter(subject -> subject.name.startsWith(only))
                    .toList();
        }

        private @Nullable SignedTemplate next(Queue<ImportTicket> tickets) {
            ImportTicket ticket = tickets.poll();
            return ticket == null
                    ? null
                    : client.template(
                            "ImportKeyMaterial",
                            Map.of(
                                    "KeyId", ticket.keyId(),
                                    "ImportToken", ticket.importToken(),
                                    "EncryptedKeyMaterial", ticket.encryptedMaterial()));
        }

        /** One key, switched off and on. */
        private final class Switches implements RequestSource {

            private final SignedTemplate disable;
            private final SignedTemplate enable;
            private boolean enabled = true;

            Switches(String keyId) {
                this.disable = client.template("DisableKey", Map.of("KeyId", keyId));
                this.enable = client.template("EnableKey", Map.of("KeyId", keyId));
            }

            @Override
            public SignedTemplate next() {
                enabled = !enabled;
                return enabled ? enable : disable;
            }
        }

        private Measured load(Subject subject, Duration length) {
            return loops.run(node.endpoint(), node.accessKey(), connections, length, subject.sources);
        }

        private void measure(Subject subject) {
            MachineUse bareUse = watch(0);
            BareCommits.Result plain = BareCommits.run(pool, connections, options.measure(), subject.works);
            uses(subject.name + " bare").add(bareUse.soFar());
            series(subject.name, "bare").add(plain.perSecond());
            MachineUse use = watch(node.pid());
            Measured measured = load(subject, options.measure());
            uses(subject.name).add(use.soFar());
            good(subject.name, measured);
            series(subject.name, "rate").add(measured.perSecond());
            series(subject.name, "p50").add(measured.millisAt(50));
            series(subject.name, "p99").add(measured.millisAt(99));
        }

        private MachineUse watch(long serverPid) {
            Map<String, Long> pids = new LinkedHashMap<>();
            pids.put("client", ProcessHandle.current().pid());
            pids.put("server", serverPid);
            pids.put("PostgreSQL", node.store().pid());
            return MachineUse.watch(pids);
        }

        private void good(String name, Measured measured) {
            if (measured.faults() > 0) {
                throw new IllegalStateException(name + ": " + measured.faults() + " answers were not good, the first: "
                        + measured.firstFault());
            }
            if (measured.elapsed().compareTo(options.measure().dividedBy(2)) < 0) {
                throw new IllegalStateException(name + " ended early: raise --imports-a-second");
            }
        }

        private Series series(String name, String figure) {
            return figures.computeIfAbsent(name + "/" + figure, key -> new Series());
        }

        private SharesSeries uses(String name) {
            return uses.computeIfAbsent(name, key -> new SharesSeries());
        }

        private void print(List<Subject> subjects) {
            out.println("\nEach figure: minimum / median / maximum over " + options.repetitions() + " repetitions of "
                    + options.measure().toSeconds() + " s.\n");
            Table table = new Table(
                    connections + " connections",
                    "same rows, plain JDBC/s",
                    "Keyledger/s",
                    "ratio",
                    "p50 ms",
                    "p99 ms");
            for (Subject subject : subjects) {
                Series rate = series(subject.name, "rate");
                Series plain = series(subject.name, "bare");
                table.row(
                        subject.name,
                        plain.text(0),
                        rate.text(0),
                        rate.over(plain).text(2),
                        series(subject.name, "p50").text(2),
                        series(subject.name, "p99").text(2));
            }
            out.println(table);
            out.println(SharesSeries.table(uses));
        }

        /** Each needs a fresh RSA pair, so a pool of ready ones is soon used up and the making of pairs is what is measured. */
        private void parameters() {
            SignedTemplate template = client.template(
                    "GetParametersForImport",
                    Map.of(
                            "KeyId",
                            KmsClient.member("KeyId", client.call("CreateKey", Map.of("Origin", "EXTERNAL"))),
                            "WrappingAlgorithm",
                            "RSAES_OAEP_SHA_256",
                            "WrappingKeySpec",
                            "RSA_2048"));
            Table table = new Table("GetParametersForImport", "answered/s", "refused/s", "p50 ms", "p99 ms");
            for (int count : List.of(1, 4)) {
                Measured measured = loops.run(
                        node.endpoint(), node.accessKey(), count, PARAMETERS_LENGTH, number -> () -> template);
                double seconds = measured.elapsed().toNanos() / 1e9;
                table.row(
                        count + (count == 1 ? " connection" : " connections"),
                        RunOptions.decimal(measured.perSecond(), 1),
                        RunOptions.decimal(measured.faults() / seconds, 1),
                        RunOptions.decimal(measured.millisAt(50), 1),
                        RunOptions.decimal(measured.millisAt(99), 1));
            }
            out.println(table);
        }
    }
}
