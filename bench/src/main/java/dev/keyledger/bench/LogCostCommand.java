package dev.keyledger.bench;

import dev.keyledger.bench.load.ClosedLoops;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What numbering, signing and indexing the audit log costs the use of keys: a node as packaged beside the same node whose log stands still and
 * whose indexes for questions to the log are dropped, and beside the bare journal. And how old a record is when it gets its place.
 */
@Command(
        name = "log-cost",
        description = "Uses of keys with the audit log numbered, signed and indexed, and without; the sequencer's lag.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class LogCostCommand implements Runnable {

    private static final int KEYS = 100;
    private static final String WITH = "with its log";
    private static final String WITHOUT = "without";
    private static final String BEFORE = "other build";

    @Mixin
    RunOptions options;

    @Option(names = "--connections", description = "number of connections (default: ${DEFAULT-VALUE})")
    int connections = 32;

    @Option(names = "--actions", split = ",", description = "which operations (default: ${DEFAULT-VALUE})")
    List<UseAction> actions = List.of(UseAction.ENCRYPT);

    @Option(names = "--other-jar", description = "another build of the service, measured with its log in the same run")
    @Nullable
    Path otherJar;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    private final Map<String, Series> figures = new LinkedHashMap<>();
    private final Map<String, SharesSeries> uses = new LinkedHashMap<>();
    private final Map<String, LogLag> lags = new LinkedHashMap<>();

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            run(work.path());
        }
    }

    private NodeProcess start(Path jar, Path directory) {
        return NodeProcess.start(options.launch(), jar, directory.resolve("node"), options.settings);
    }

    private void run(Path directory) {
        out.println(Machine.description(directory));
        try (NodeProcess with = start(options.jar(), directory.resolve("with"));
                NodeProcess without = start(options.jar(), directory.resolve("without"));
                NodeProcess before =
                        otherJar == null ? null : start(otherJar.toAbsolutePath(), directory.resolve("before"));
                StoreAccess.StoppedLog stopped = without.store().stopLog();
                ServerProcess journal = bareJournal(without, directory);
                ClosedLoops loops = new ClosedLoops()) {
            Map<String, NodeProcess> nodes = new LinkedHashMap<>();
            nodes.put(WITH, with);
            nodes.put(WITHOUT, without);
            if (before != null) {
                nodes.put(BEFORE, before);
            }
            List<Subject> subjects = new ArrayList<>();
            for (UseAction action : actions) {
                nodes.forEach((name, node) -> subjects.add(subject(name, node, action)));
            }
            for (Subject subject : subjects) {
                load(loops, subject, options.warmUp().dividedBy(subjects.size()));
            }
            bare(loops, journal, with, options.warmUp().dividedBy(4));
            figures.clear();
            for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
                out.println("repetition " + repetition);
                bare(loops, journal, with, options.measure());
                subjects.forEach(subject -> measure(loops, subject));
                // Whoever comes after the journal finds the disk still busy with it.
                Collections.rotate(subjects, 1);
            }
            stopped.requireStill();
            print(nodes.keySet());
        }
    }

    private ServerProcess bareJournal(NodeProcess node, Path directory) {
        StoreAccess bare = node.store().besides("bare");
        bare.dropLogIndexes();
        return ServerProcess.journal(options.launch(), directory, bare, 1, 8);
    }

    /** One node asked for one operation. */
    private record Subject(String name, String action, NodeProcess node, List<SignedTemplate> templates) {}

    private static Subject subject(String name, NodeProcess node, UseAction action) {
        KmsClient client = new KmsClient(node.endpoint(), node.accessKey());
        List<SignedTemplate> templates = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            String keyId = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
            templates.add(action.template(client, keyId));
        }
        return new Subject(name, action.action(), node, templates);
    }

    private Measured load(ClosedLoops loops, Subject subject, Duration length) {
        return loops.run(
                subject.node.endpoint(),
                subject.node.accessKey(),
                connections,
                length,
                number -> new InTurn(subject.templates, number));
    }

    private void measure(ClosedLoops loops, Subject subject) {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("client", ProcessHandle.current().pid());
        pids.put("server", subject.node.pid());
        pids.put("PostgreSQL", subject.node.store().pid());
        MachineUse use = MachineUse.watch(pids);
        LogLag lag = lags.computeIfAbsent(subject.name, name -> new LogLag(subject.node.store()));
        boolean numbered = !subject.name.equals(WITHOUT);
        if (numbered) {
            lag.watch();
        }
        Measured measured = load(loops, subject, options.measure());
        if (numbered) {
            lag.end();
        }
        MachineUse.Shares shares = use.soFar();
        uses.computeIfAbsent(subject.action + " " + subject.name, key -> new SharesSeries())
                .add(shares);
        requireGood(measured, subject.name);
        addProcessorTime(subject, shares, measured);
        series(subject.action, subject.name).add(measured.perSecond());
        series(subject.action, subject.name + " p99").add(measured.millisAt(99));
        if (numbered) {
            // What it still has to do is not to be done while the next one is measured.
            lag.settle();
        }
    }

    /** What an answer costs the cores does not depend on who else uses them, or much less than how many there are in a second. */
    private void addProcessorTime(Subject subject, MachineUse.Shares shares, Measured measured) {
        double micros = measured.elapsed().toNanos()
                / 1e3
                * Runtime.getRuntime().availableProcessors()
                / Math.max(1, measured.answers());
        double sum = 0;
        for (Map.Entry<String, Double> named : shares.named().entrySet()) {
            series(subject.action, subject.name + " " + named.getKey()).add(named.getValue() * micros);
            sum += named.getValue() * micros;
        }
        series(subject.action, subject.name + " processors").add(sum);
    }

    private void bare(ClosedLoops loops, ServerProcess journal, NodeProcess node, Duration length) {
        SignedTemplate template = SignedTemplate.of(
                journal.endpoint(), node.accessKey(), "Encrypt", Map.of("Plaintext", UseAction.PLAINTEXT));
        Measured measured = loops.run(
                journal.endpoint(),
                node.accessKey(),
                connections,
                length,
                number -> new InTurn(List.of(template), number));
        requireGood(measured, "the bare journal");
        series("", "journal").add(measured.perSecond());
    }

    private static void requireGood(Measured measured, String name) {
        if (measured.faults() > 0) {
            throw new IllegalStateException(name + ": " + measured.firstFault());
        }
    }

    private Series series(String action, String figure) {
        return figures.computeIfAbsent(action + "/" + figure, key -> new Series());
    }

    private void print(Iterable<String> names) {
        out.println("\nEach figure: minimum / median / maximum over " + options.repetitions() + " repetitions of "
                + options.measure().toSeconds() + " s.\n");
        Series journal = series("", "journal");
        out.println("bare journal/s: " + journal.text(0) + "\n");
        Table table = new Table(
                connections + " connections", "answers/s", "of the one without", "of the bare journal", "p99 ms");
        for (UseAction action : actions) {
            Series without = series(action.action(), WITHOUT);
            for (String name : names) {
                Series rate = series(action.action(), name);
                table.row(
                        action.action() + ", " + name,
                        rate.text(0),
                        rate.over(without).text(2),
                        actions.size() == 1 ? rate.over(journal).text(2) : "",
                        series(action.action(), name + " p99").text(1));
            }
        }
        out.println(table);
        out.println(processorTime(names));
        Table lag = new Table("under this load", "age of the oldest record without a place, ms: p50 / p99 / max");
        lags.forEach((name, watched) -> {
            if (!name.equals(WITHOUT)) {
                lag.row(name, watched.text());
            }
        });
        out.println(lag);
        out.println(SharesSeries.table(uses));
    }

    /** Where the cores are all that limits both, the ratio of the rates is one over that in the last column. */
    private Table processorTime(Iterable<String> names) {
        Table table = new Table(
                "µs of a core for an answer", "client", "server", "PostgreSQL", "together", "of the one without");
        for (UseAction action : actions) {
            Series without = series(action.action(), WITHOUT + " processors");
            for (String name : names) {
                Series all = series(action.action(), name + " processors");
                table.row(
                        action.action() + ", " + name,
                        series(action.action(), name + " client").text(0),
                        series(action.action(), name + " server").text(0),
                        series(action.action(), name + " PostgreSQL").text(0),
                        all.text(0),
                        all.over(without).text(2));
            }
        }
        return table;
    }
}
