package dev.keyledger.api.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Records by what they say. */
@Command(
        name = "records",
        mixinStandardHelpOptions = true,
        description = "List records of the audit log, in its order.",
        footer = {
            "",
            "Example: what was refused with a key since March, for a program",
            "  keyledger audit records --key 6d0f… --outcome Refused --from 2026-03-01T00:00:00Z -o json"
        })
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class AuditRecordsCommand implements Runnable {

    private static final int PAGE = 1000;
    private static final int DEFAULT_ROWS = 100;
    private static final String[] COLUMNS = {"logIndex", "time", "action", "outcome", "principal", "keys", "source"};

    /** The forms that the server has, and one for people. */
    enum Form {
        TABLE,
        JSON,
        NDJSON,
        CSV
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private LogStretch stretch;

    @Option(names = "--key", paramLabel = "<key id>", description = "That touch this key.")
    private @Nullable String key;

    @Option(names = "--alias", paramLabel = "<alias>", description = "Of requests that named their key so.")
    private @Nullable String alias;

    @Option(names = "--principal", paramLabel = "<name>", description = "Of this caller.")
    private @Nullable String principal;

    @Option(names = "--action", paramLabel = "<operation>", description = "Of this operation, Decrypt for example.")
    private @Nullable String action;

    @Option(
            names = "--outcome",
            paramLabel = "<outcome>",
            description = "Success, Refused, Denied, Unauthenticated, Malformed or Failed.")
    private @Nullable String outcome;

    @Option(names = "--source", paramLabel = "<address>", description = "From this numeric address.")
    private @Nullable String source;

    @Option(names = "--request-id", paramLabel = "<uuid>", description = "Of this request.")
    private @Nullable String requestId;

    @Option(
            names = "--context",
            paramLabel = "<name>[=<value>]",
            description = "With this pair in the encryption context, or with any of this name.")
    private @Nullable String context;

    @Option(names = "--newest-first", description = "The last records first.")
    private boolean newestFirst;

    @Option(
            names = "--limit",
            paramLabel = "<n>",
            description = "At most so many (default 100 for a table, all for other forms).")
    private @Nullable Long limit;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description =
                    "table (default) for people; json (or ndjson), one object a line, and csv as the server writes them.")
    private Form form;

    @Override
    public void run() {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit is 1 at least");
        }
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> query = query();
        try (ServerClient client = server.connect()) {
            if (form == Form.TABLE) {
                table(client, query, out);
            } else {
                if (limit != null) {
                    query.put("limit", limit.toString());
                }
                client.stream(AuditCommand.RECORDS, query, form == Form.CSV ? "text/csv" : "application/x-ndjson", out);
            }
        }
        out.flush();
    }

    private void table(ServerClient client, Map<String, String> query, PrintWriter out) {
        long wanted = limit == null ? DEFAULT_ROWS : limit;
        query.put("limit", Long.toString(Math.min(PAGE, wanted)));
        List<JsonNode> rows = new ArrayList<>();
        String cursor;
        do {
            JsonNode page = client.ask("GET", AuditCommand.RECORDS, query, null);
            page.path("records").forEach(each -> rows.add(row(each)));
            cursor = page.path("nextCursor").asString("");
            query.put("cursor", cursor);
        } while (!cursor.isEmpty() && rows.size() < wanted);
        OutputOptions.table(out, rows.subList(0, (int) Math.min(rows.size(), wanted)), COLUMNS);
    }

    private static ObjectNode row(JsonNode placed) {
        JsonNode record = placed.path("record");
        ObjectNode row = JsonMapper.shared().createObjectNode();
        row.set("logIndex", placed.path("logIndex"));
        for (String member : List.of("time", "action", "principal")) {
            row.put(member, record.path(member).asString(""));
        }
        String error = record.path("errorCode").asString("");
        row.put("outcome", record.path("outcome").asString("") + (error.isEmpty() ? "" : " " + error));
        List<String> keys = new ArrayList<>();
        record.path("keyIds").forEach(id -> keys.add(id.asString()));
        row.put("keys", String.join(" ", keys));
        row.put("source", record.path("sourceIp").asString(""));
        return row;
    }

    private Map<String, String> query() {
        Map<String, String> query = new TreeMap<>(stretch.query());
        put(query, "key", key);
        put(query, "alias", alias);
        put(query, "principal", principal);
        put(query, "action", action);
        put(query, "outcome", outcome);
        put(query, "source", source);
        put(query, "requestId", requestId);
        if (context != null) {
            int equals = context.indexOf('=');
            query.put("contextKey", equals < 0 ? context : context.substring(0, equals));
            if (equals >= 0) {
                query.put("contextValue", context.substring(equals + 1));
            }
        }
        if (newestFirst) {
            query.put("order", "desc");
        }
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }
}
