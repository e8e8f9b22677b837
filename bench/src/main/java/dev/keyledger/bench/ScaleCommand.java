package dev.keyledger.bench;

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
import dev.keyledger.bench.target.HeapReader;
import dev.keyledger.bench.target.NodeProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A store with a million keys beside one with a thousand: two nodes with a database each, asked in turn. The large store is asked for keys
 * chosen evenly from all of it and for a hot set as large as the small store; ListKeys for its first page and for one far behind.
 */
@Command(name = "scale", description = "A large store beside a small one: uses, DescribeKey, pages of ListKeys, heap.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class ScaleCommand implements Runnable {

    private static final int CONNECTIONS = 32;
    private static final int PAGE_SIZE = 100;
    private static final int PAGES = 40;

    @Mixin
    RunOptions options;

    @Option(names = "--keys", description = "keys of the large store (default: ${DEFAULT-VALUE})")
    int keys = 1_000_000;

    @Option(names = "--small", description = "keys of the small store and of the hot set (default: ${DEFAULT-VALUE})")
    int small = 1_000;

    @Option(
            names = "--sample",
            description =
                    "how many keys of the large store are decrypted with, chosen evenly (default: ${DEFAULT-VALUE})")
    int sample = 200_000;

    @Option(
            names = "--store",
            description = "directory of a large store made by fill (default: one is made and thrown away)")
    @Nullable
    Path store;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            run(work.path());
        }
    }

    private void run(Path directory) {
        out.println(Machine.description(directory));
        HeapReader smallHeap = HeapReader.onFreePort();
        HeapReader largeHeap = HeapReader.onFreePort();
        Path large = store == null ? directory.resolve("large/node") : store;
        try (NodeProcess smallNode = StoreOption.withKeys(
                        options.and(smallHeap.flags()), directory.resolve("small/node"), small, out);
                NodeProcess largeNode = StoreOption.withKeys(options.and(largeHeap.flags()), large, keys, out);
                ClosedLoops loops = new ClosedLoops()) {
            new Session(smallNode, largeNode, loops).run();
            Table heap = new Table("heap after collection, after the load", "MiB");
            double smallMebibytes = smallHeap.mebibytesAfterCollection();
            double largeMebibytes = largeHeap.mebibytesAfterCollection();
            heap.row("small store", RunOptions.decimal(smallMebibytes, 1));
            heap.row("large store", RunOptions.decimal(largeMebibytes, 1));
            heap.row("difference", RunOptions.decimal(largeMebibytes - smallMebibytes, 1));
            out.println(heap);
        }
    }

    /**
     * What is asked of one store.
     *
     * @param sources the requests of each connection
     */
    private record Subject(String name, String where, NodeProcess node, IntFunction<RequestSource> sources) {}

    private final class Session {

        private final NodeProcess smallNode;
        private final NodeProcess largeNode;
        private final ClosedLoops loops;
        private final Map<String, Series> figures = new LinkedHashMap<>();
        private final Map<String, SharesSeries> uses = new LinkedHashMap<>();

        Session(NodeProcess smallNode, NodeProcess largeNode, ClosedLoops loops) {
            this.smallNode = smallNode;
            this.largeNode = largeNode;
            this.loops = loops;
        }

        void run() {
            List<Subject> subjects = subjects();
            out.println("warming up");
            for (Subject subject : subjects) {
                loops.run(
                        subject.node.endpoint(),
                        subject.node.accessKey(),
                        CONNECTIONS,
                        options.warmUp().dividedBy(3),
                        subject.sources);
            }
            for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
                out.println("repetition " + repetition);
                subjects.forEach(this::measure);
                pages();
            }
            print();
        }

        private List<Subject> subjects() {
            List<String> smallKeys = StoreOption.keys(smallNode.store(), small);
            List<String> largeKeys = StoreOption.keys(largeNode.store(), keys);
            List<String> hot = largeKeys.subList(0, Math.min(small, largeKeys.size()));
            out.println("encrypting with " + sample + " keys, to have something to decrypt");
            List<String> largeBlobs =
                    Ciphertexts.of(largeNode, loops, largeKeys.subList(0, Math.min(sample, largeKeys.size())));
            List<String> hotBlobs = Ciphertexts.of(largeNode, loops, hot);
            List<String> smallBlobs = Ciphertexts.of(smallNode, loops, smallKeys);
            List<Subject> all = new ArrayList<>();
            for (String action : List.of("Encrypt", "Decrypt", "DescribeKey")) {
                boolean decrypt = action.equals("Decrypt");
                all.add(subject(action, "small", smallNode, decrypt ? smallBlobs : smallKeys));
                all.add(subject(action, "large", largeNode, decrypt ? largeBlobs : largeKeys));
                all.add(subject(action, "hot", largeNode, decrypt ? hotBlobs : hot));
            }
            return all;
        }

        private Subject subject(String action, String where, NodeProcess node, List<String> values) {
            Map<String, String> parameters = switch (action) {
                case "Encrypt" -> Map.of("KeyId", SignedTemplate.OPEN, "Plaintext", UseAction.PLAINTEXT);
                case "Decrypt" -> Map.of("CiphertextBlob", SignedTemplate.OPEN);
                default -> Map.of("KeyId", SignedTemplate.OPEN);
            };
            return new Subject(
                    action,
                    where,
                    node,
                    number -> new RandomKeys(
                            SignedTemplate.of(node.endpoint(), node.accessKey(), action, parameters), values));
        }

        private void measure(Subject subject) {
            Map<String, Long> pids = new LinkedHashMap<>();
            pids.put("client", ProcessHandle.current().pid());
            pids.put("PostgreSQL", subject.node.store().pid());
            pids.put("server", subject.node.pid());
            MachineUse use = MachineUse.watch(pids);
            Measured measured = loops.run(
                    subject.node.endpoint(), subject.node.accessKey(), CONNECTIONS, options.measure(), subject.sources);
            uses.computeIfAbsent(subject.name + ", " + subject.where, key -> new SharesSeries())
                    .add(use.soFar());
            if (measured.faults() > 0) {
                throw new IllegalStateException(subject.name + ": " + measured.firstFault());
            }
            series(subject.name, subject.where).add(measured.perSecond());
        }

        /** One page after another, the first and some near the end in turn. */
        private void pages() {
            KmsClient client = new KmsClient(largeNode.endpoint(), largeNode.accessKey());
            int last = Math.max(1, keys / PAGE_SIZE);
            SplittableRandom random = new SplittableRandom();
            List<Double> first = new ArrayList<>();
            List<Double> far = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                first.add(millis(client, 1));
                far.add(millis(client, last - random.nextInt(Math.max(1, last / 100))));
            }
            series("ListKeys", "first").add(median(first));
            series("ListKeys", "far").add(median(far));
        }

        private static double median(List<Double> values) {
            return values.stream().sorted().toList().get(values.size() / 2);
        }

        private double millis(KmsClient client, int page) {
            long begun = System.nanoTime();
            String answer = client.call(
                    "ListKeys", Map.of("PageNumber", Integer.toString(page), "PageSize", Integer.toString(PAGE_SIZE)));
            double millis = (System.nanoTime() - begun) / 1e6;
            if (!answer.contains("\"KeyId\"")) {
                throw new IllegalStateException("page " + page + " is empty");
            }
            return millis;
        }

        private Series series(String name, String where) {
            return figures.computeIfAbsent(name + "/" + where, key -> new Series());
        }

        private void print() {
            out.println("\nEach figure: minimum / median / maximum over " + options.repetitions() + " repetitions of "
                    + options.measure().toSeconds() + " s.\n");
            Table table = new Table(
                    CONNECTIONS + " connections",
                    small + " keys, /s",
                    keys + " keys, /s",
                    "of the small store",
                    small + " hot keys of " + keys + ", /s",
                    "of the small store");
            for (String action : List.of("Encrypt", "Decrypt", "DescribeKey")) {
                Series smallRate = series(action, "small");
                table.row(
                        action,
                        smallRate.text(0),
                        series(action, "large").text(0),
                        series(action, "large").over(smallRate).text(2),
                        series(action, "hot").text(0),
                        series(action, "hot").over(smallRate).text(2));
            }
            out.println(table);
            Table pages = new Table("ListKeys, " + PAGE_SIZE + " a page", "p50 ms");
            pages.row("page 1", series("ListKeys", "first").text(2));
            pages.row(
                    "page " + keys / PAGE_SIZE + " and those before it",
                    series("ListKeys", "far").text(2));
            pages.row(
                    "ratio",
                    series("ListKeys", "far").over(series("ListKeys", "first")).text(1));
            out.println(pages);
            out.println(SharesSeries.table(uses));
        }
    }
}
