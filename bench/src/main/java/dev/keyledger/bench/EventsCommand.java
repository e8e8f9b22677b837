package dev.keyledger.bench;

import dev.keyledger.bench.load.AccessKeyPair;
import dev.keyledger.bench.load.ClosedLoops;
import dev.keyledger.bench.load.Endpoint;
import dev.keyledger.bench.load.EventStreams;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.Measured;
import dev.keyledger.bench.load.SignedTemplate;
import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.target.FillingStore;
import dev.keyledger.bench.target.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How soon an event is told to who listens on the same node and on another one, how fast the past is told to one client, and what many streams
 * cost: memory, and the use of keys.
 */
@Command(name = "events", description = "Events: from a change to its telling, replay to one client, many streams.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class EventsCommand implements Runnable {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    @Mixin
    RunOptions options;

    @Option(names = "--events", description = "events of the store that is replayed (default: ${DEFAULT-VALUE})")
    int events = 200_000;

    @Option(names = "--streams", description = "streams at a time (default: ${DEFAULT-VALUE})")
    int streams = 1_000;

    @Option(names = "--changes", description = "changes whose telling is timed (default: ${DEFAULT-VALUE})")
    int changes = 1_000;

    @Option(names = "--connections", description = "connections that use keys meanwhile (default: ${DEFAULT-VALUE})")
    int connections = 4;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            run(work.path());
        }
    }

    private void run(Path directory) {
        out.println(Machine.description(directory));
        Map<String, String> settings = new HashMap<>(options.settings);
        settings.put("KEYLEDGER_EVENT_STREAMS", Integer.toString(streams + 10));
        Path home = directory.resolve("first/node");
        try (NodeProcess first = NodeProcess.start(options.launch(), options.jar(), home, settings);
                NodeProcess second = NodeProcess.start(
                        options.launch(),
                        options.jar(),
                        directory.resolve("second/node"),
                        beside(first, home, settings));
                ClosedLoops loops = new ClosedLoops()) {
            AccessKeyPair accessKey = first.accessKey();
            KmsClient client = new KmsClient(first.endpoint(), accessKey);
            String used = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
            SignedTemplate use = UseAction.ENCRYPT.template(client, used);
            load(loops, first.endpoint(), accessKey, use, options.warmUp());
            latency("same node", loops, first, first, accessKey, use);
            latency("another node", loops, first, second, accessKey, use);
            many(loops, first, accessKey, use);
            replay(first, accessKey);
        }
    }

    /** Settings of a second node on the first one's database. */
    private static Map<String, String> beside(NodeProcess first, Path home, Map<String, String> settings) {
        Path postgres = home.resolve("keyledger-data/postgres");
        Map<String, String> all = new HashMap<>(settings);
        all.put("KEYLEDGER_DB_URL", first.store().url());
        all.put("KEYLEDGER_DB_USER", "keyledger");
        all.put("KEYLEDGER_DB_PASSWORD", read(postgres.resolve("keyledger.password")));
        all.put("KEYLEDGER_DB_OWNER_USER", "keyledger_owner");
        all.put("KEYLEDGER_DB_OWNER_PASSWORD", read(postgres.resolve("keyledger_owner.password")));
        all.put("KEYLEDGER_ROOT_KEY", read(home.resolve("keyledger-data/root-key")));
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Measured load(
            ClosedLoops loops, Endpoint endpoint, AccessKeyPair accessKey, SignedTemplate use, Duration length) {
        Measured measured =
                loops.run(endpoint, accessKey, connections, length, number -> new InTurn(List.of(use), number));
        if (measured.faults() > 0) {
            throw new IllegalStateException(measured.faults() + " answers were not good: " + measured.firstFault());
        }
        return measured;
    }

    /** From the answer of a change to the event, while keys are used. A change waits for the event of the one before. */
    private void latency(
            String where,
            ClosedLoops loops,
            NodeProcess writer,
            NodeProcess listener,
            AccessKeyPair accessKey,
            SignedTemplate use) {
        KmsClient client = new KmsClient(writer.endpoint(), accessKey);
        String key = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        AtomicLong came = new AtomicLong();
        AtomicLong at = new AtomicLong();
        int count = options.quick ? Math.min(changes, 50) : changes;
        double[] millis = new double[count];
        try (EventStreams stream = new EventStreams(
                listener.endpoint(),
                accessKey,
                1,
                "?key=" + key + "&type=keyledger.key.disabled,keyledger.key.enabled",
                (number, when) -> {
                    at.set(when);
                    came.set(number);
                })) {
            CompletableFuture<Void> background = CompletableFuture.runAsync(() -> {
                while (came.get() < count) {
                    load(loops, writer.endpoint(), accessKey, use, Duration.ofSeconds(1));
                }
            });
            for (int i = 0; i < count; i++) {
                client.call(i % 2 == 0 ? "DisableKey" : "EnableKey", Map.of("KeyId", key));
                long answered = System.nanoTime();
                int expected = i + 1;
                await("event " + expected, () -> came.get() >= expected);
                // It may come before the answer.
                millis[i] = Math.max(0, at.get() - answered) / 1e6;
            }
            background.join();
            if (!stream.all(number -> number == count)) {
                throw new IllegalStateException("events came twice");
            }
        }
        Arrays.sort(millis);
        out.printf(
                Locale.ROOT,
                "from answer to event, %s, %d changes: p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                where,
                count,
                millis[count / 2],
                millis[Math.min(count - 1, count * 99 / 100)],
                millis[count - 1]);
    }

    /** Many streams: memory, and the use of keys with and without. */
    private void many(ClosedLoops loops, NodeProcess node, AccessKeyPair accessKey, SignedTemplate use) {
        KmsClient client = new KmsClient(node.endpoint(), accessKey);
        int count = options.quick ? Math.min(streams, 100) : streams;
        Series without = new Series();
        Series with = new Series();
        double perStream = 0;
        long told = 0;
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            without.add(load(loops, node.endpoint(), accessKey, use, options.measure())
                    .perSecond());
            double before = node.memory().anonymous();
            try (EventStreams clients = new EventStreams(node.endpoint(), accessKey, count, "", (number, at) -> {})) {
                for (int i = 0; i < 20; i++) {
                    client.call("CreateKey", Map.of());
                }
                await("every stream has every event", () -> clients.all(number -> number == 20));
                with.add(load(loops, node.endpoint(), accessKey, use, options.measure())
                        .perSecond());
                perStream = Math.max(perStream, (node.memory().anonymous() - before) * 1024 / count);
                told += clients.events();
            }
        }
        Table table = new Table("Encrypt, " + connections + " connections", "requests/s");
        table.row("without streams", without.text(0));
        table.row("with " + count + " streams", with.text(0));
        out.println(table);
        out.printf(
                Locale.ROOT,
                "%d events told; at most %.0f KiB of resident memory more for each stream%n",
                told,
                perStream);
    }

    private void replay(NodeProcess node, AccessKeyPair accessKey) {
        int count = options.quick ? Math.min(events, 10_000) : events;
        FillingStore.of(node).filler().createKeys(count, done -> {});
        JdbcClient sql = JdbcClient.create(node.store().owner());
        await(
                "every event has its place",
                () -> sql.sql("select count(*) from feed_event")
                        .query(Long.class)
                        .single()
                        .equals(sql.sql("select count(*) from domain_event")
                                .query(Long.class)
                                .single()));
        StoreOption.vacuum(node.store());
        long all = sql.sql("select count(*) from feed_event").query(Long.class).single();
        Series rate = new Series();
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            AtomicLong first = new AtomicLong();
            AtomicLong last = new AtomicLong();
            try (EventStreams client =
                    new EventStreams(node.endpoint(), accessKey, 1, "?from=beginning", (number, at) -> {
                        first.compareAndSet(0, at);
                        last.set(at);
                    })) {
                await("the whole past is told", () -> client.all(number -> number >= all));
            }
            rate.add(all / ((last.get() - first.get()) / 1e9));
        }
        out.println("replay of " + all + " events to one client, events/s: " + rate.text(0));
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("it does not come to this: " + what);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting: " + what, stopped);
            }
        }
    }
}
