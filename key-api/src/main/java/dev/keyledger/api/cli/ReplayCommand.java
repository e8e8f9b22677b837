package dev.keyledger.api.cli;

import dev.keyledger.api.replay.StoreReplay;
import dev.keyledger.api.startup.OwnedStore;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.api.startup.StoreOutOfReach;
import dev.keyledger.projection.replay.Difference;
import dev.keyledger.projection.replay.ParkedStream;
import dev.keyledger.projection.replay.Replay;
import dev.keyledger.projection.replay.ReplayException;
import dev.keyledger.projection.replay.ReplayReport;
import dev.keyledger.projection.replay.ReplayReport.ComparedTable;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The one command that opens the database itself, with the rights of its owner. */
@Command(
        name = "replay",
        description = {
            "Build every read model anew from event 0, beside the live ones and while the service works.",
            "",
            "The store is the one that the service's own settings name: KEYLEDGER_DB_URL with KEYLEDGER_DB_OWNER_USER and"
                    + " KEYLEDGER_DB_OWNER_PASSWORD (or …_FILE), or the embedded one in KEYLEDGER_DATA_DIR, joined if a node"
                    + " runs it and started for this alone if none does. A replay that was killed goes on where it was."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0   done; with --verify: every row is what the events say",
            "  1   refused, and why",
            "  2   the command line is wrong",
            "  3   the store was not reached, or was lost on the way",
            "  4   live rows are not what the events say",
            "  5   an event cannot be replayed; its key is parked and not compared, everything else is equal",
            "",
            "Example: check a store, and show each row that is wrong",
            "  keyledger replay --verify"
        })
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class ReplayCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--verify",
            description = "Compare the rebuilt rows with the live ones, byte for byte, by ranges of keys.")
    private boolean verify;

    @Option(
            names = "--swap",
            description = "Put the rebuilt tables in the place of the live ones, for instance after a view's definition"
                    + " changed; with --verify only if they differ. Not while a key is parked.")
    private boolean swap;

    @Option(names = "--restart", description = "Begin at event 0 even if an earlier replay could be gone on with.")
    private boolean restart;

    private final Map<String, String> environment;

    @SuppressWarnings("unused") // By the command line.
    ReplayCommand() {
        this(System.getenv());
    }

    ReplayCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (!verify && !swap) {
            throw new ParameterException(spec.commandLine(), "say what to do: --verify, --swap or both");
        }
        PrintWriter err = spec.commandLine().getErr();
        long begun = System.nanoTime();
        try (ProgressLines progress = ProgressLines.on(err);
                OwnedStore store = OwnedStore.open(environment, line -> {
                    err.println(line);
                    err.flush();
                })) {
            ReplayReport report = new StoreReplay(store.connections(), progress)
                    .run(new Replay.Task(verify, swap, restart, ManifestVersion.text()));
            progress.end();
            show(report, Duration.ofNanos(System.nanoTime() - begun));
            return code(report);
        } catch (StoreOutOfReach | SQLException lost) {
            return failed(err, lost, ExitCode.NO_ANSWER);
        } catch (StartupFailure | ReplayException refused) {
            return failed(err, refused, ExitCode.REFUSED);
        }
    }

    private static int failed(PrintWriter err, Exception failure, int code) {
        err.println(
                failure instanceof SQLException
                        ? "The replay broke off (" + failure.getMessage() + "); say the same again, and it goes on."
                        : failure.getMessage());
        err.flush();
        return code;
    }

    private static int code(ReplayReport report) {
        if (!report.differences().isEmpty() && !report.exchanged()) {
            return ExitCode.DIFFERENT;
        }
        return report.parked().isEmpty() ? ExitCode.OK : ExitCode.PARKED;
    }

    private void show(ReplayReport report, Duration took) {
        ObjectNode summary = JsonNodeFactory.instance.objectNode();
        summary.put("result", result(report));
        summary.put("events", report.events());
        summary.put("position", report.position());
        summary.put("continued", report.continued());
        summary.put("exchanged", report.exchanged());
        summary.put("seconds", took.toMillis() / 1000.0);
        List<JsonNode> tables =
                report.tables().stream().map(ReplayCommand::node).toList();
        List<JsonNode> rows = report.differences().stream()
                .flatMap(each -> rows(each).stream())
                .toList();
        List<JsonNode> parked =
                report.parked().stream().map(ReplayCommand::node).toList();
        if (output.isJson()) {
            summary.set("tables", JsonNodeFactory.instance.arrayNode().addAll(tables));
            summary.set("differences", JsonMapper.shared().valueToTree(report.differences()));
            summary.set("parked", JsonNodeFactory.instance.arrayNode().addAll(parked));
            output.one(summary);
            return;
        }
        output.one(summary);
        section(tables, "table", "rows", "ranges", "differing");
        section(rows, "table", "after", "upTo", "key", "live", "rebuilt");
        section(parked, "stream", "globalIndex", "eventId", "reason");
    }

    private void section(List<JsonNode> lines, String... columns) {
        if (!lines.isEmpty()) {
            spec.commandLine().getOut().println();
            output.rows(lines, columns);
        }
    }

    private static String result(ReplayReport report) {
        List<String> words = new ArrayList<>();
        if (!report.differences().isEmpty()) {
            words.add("different");
        }
        if (!report.parked().isEmpty()) {
            words.add("parked");
        }
        if (words.isEmpty()) {
            words.add(report.tables().isEmpty() ? "rebuilt" : "equal");
        }
        return String.join(", ", words);
    }

    private static JsonNode node(ComparedTable table) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("table", table.name())
                .put("rows", table.rows())
                .put("ranges", table.ranges())
                .put("differing", table.differing());
    }

    private static JsonNode node(ParkedStream stream) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("stream", stream.stream())
                .put("globalIndex", stream.globalIndex())
                .put("eventId", stream.eventId())
                .put("reason", stream.reason());
    }

    /** The first rows of a range, and how many more there are. */
    private static List<JsonNode> rows(Difference difference) {
        List<JsonNode> rows = new ArrayList<>();
        for (Difference.Row row : difference.rows()) {
            rows.add(line(difference, row.key(), row.live(), row.rebuilt()));
        }
        long more = difference.count() - difference.rows().size();
        if (more > 0) {
            rows.add(line(difference, "… " + more + " more", null, null));
        }
        return rows;
    }

    private static JsonNode line(Difference difference, String key, @Nullable String live, @Nullable String rebuilt) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("table", difference.table())
                .put("after", shown(difference.after(), "(first)"))
                .put("upTo", shown(difference.upTo(), "(last)"))
                .put("key", key)
                .put("live", shown(live, "-"))
                .put("rebuilt", shown(rebuilt, "-"));
    }

    private static String shown(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
