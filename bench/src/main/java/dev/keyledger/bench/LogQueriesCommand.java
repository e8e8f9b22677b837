package dev.keyledger.bench;

import dev.keyledger.bench.fill.LogFiller;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.RestClient;
import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.report.Table;
import dev.keyledger.bench.target.NodeProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Questions to the audit log of a large store, one at a time: first pages, proofs, keys as they were. */
@Command(
        name = "log-queries",
        description = "First pages by key and principal, inclusion proofs and keys as of an instant, in a large store.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class LogQueriesCommand implements Runnable {

    private static final int KEYS = 2_000;
    private static final String RECORDS = "/v1/audit/records?limit=100";

    @Mixin
    RunOptions options;

    @Option(names = "--store", required = true, description = "directory of a store made by fill-log")
    Path store;

    @Option(names = "--requests", description = "questions of each kind (default: ${DEFAULT-VALUE})")
    int requests = 1_000;

    @Option(names = "--events", description = "events of the key with many (default: ${DEFAULT-VALUE})")
    int events = 1_000;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    private final SplittableRandom random = new SplittableRandom();

    @Override
    public void run() {
        out.println(Machine.description(store));
        try (NodeProcess node = NodeProcess.start(options.launch(), options.jar(), store, options.settings)) {
            String busy = keyWithEvents(node);
            RestClient client = new RestClient(node.endpoint(), node.accessKey());
            JdbcClient sql = JdbcClient.create(node.store().owner());
            long size = sql.sql("select max(size) from log_checkpoint")
                    .query(Long.class)
                    .single();
            List<String> keys = sql.sql("""
                            select key_ids[1]::text from audit_record r
                            where record_id = any(array(select floor(random() * :size)::bigint from generate_series(1, :keys)))
                                and cardinality(key_ids) = 1
                            """)
                    .param("size", size)
                    .param("keys", KEYS)
                    .query(String.class)
                    .list();
            out.println(size + " records\n");
            Table table = new Table("one question at a time", "p50 ms", "p99 ms", "max ms");
            row(
                    client,
                    table,
                    "first page of 100 by key, newest first",
                    () -> (RECORDS + "&order=desc&key=" + any(keys)));
            row(client, table, "first page of 100 by key, oldest first", () -> (RECORDS + "&key=" + any(keys)));
            row(
                    client,
                    table,
                    "first page of 100 by principal, newest first",
                    () -> (RECORDS + "&order=desc&principal="
                            + LogFiller.principal(1 + random.nextInt(LogFiller.PRINCIPALS))));
            row(
                    client,
                    table,
                    "first page of 100 by principal, oldest first",
                    () -> (RECORDS + "&principal=" + LogFiller.principal(1 + random.nextInt(LogFiller.PRINCIPALS))));
            row(client, table, "inclusion proof", () -> ("/v1/audit/proof/inclusion?index=" + random.nextLong(size)));
            row(
                    client,
                    table,
                    "a key with some events, as of a place in the log",
                    () -> ("/v1/keys/" + any(keys) + "?at=" + (size - 1)));
            String now = sql.sql("select to_char(keyledger_now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
                    .query(String.class)
                    .single();
            row(
                    client,
                    table,
                    "a key with " + events + " events, as of an instant",
                    () -> ("/v1/keys/" + busy + "?at=" + now));
            out.println(table);
            stream(client);
        }
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Switched off and on by real requests. */
    private String keyWithEvents(NodeProcess node) {
        KmsClient client = new KmsClient(node.endpoint(), node.accessKey());
        String keyId = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        for (int i = 1; i < events; i++) {
            client.call(i % 2 == 1 ? "DisableKey" : "EnableKey", Map.of("KeyId", keyId));
        }
        new LogLag(node.store()).settle();
        return keyId;
    }

    private void row(RestClient client, Table table, String name, Supplier<String> path) {
        for (int i = 0; i < requests / 2; i++) {
            client.get(path.get());
        }
        Histogram micros = new Histogram(3);
        for (int i = 0; i < requests; i++) {
            long begun = System.nanoTime();
            client.get(path.get());
            micros.recordValue((System.nanoTime() - begun) / 1_000);
        }
        table.row(
                name,
                millis(micros.getValueAtPercentile(50)),
                millis(micros.getValueAtPercentile(99)),
                millis(micros.getMaxValue()));
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f", micros / 1e3);
    }

    private void stream(RestClient client) {
        Series rates = new Series();
        long keys = 0;
        for (int i = 0; i < options.repetitions(); i++) {
            long begun = System.nanoTime();
            keys = client.lines("/v1/keys");
            rates.add(keys / ((System.nanoTime() - begun) / 1e9));
        }
        out.println("all " + keys + " keys as of now as a stream: " + rates.text(0) + " keys/s");
    }
}
