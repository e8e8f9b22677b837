package dev.keyledger.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.JsonNode;

/** What follows the audit log, by {@code /v1/reports}: how far it is, and what an operator does about records that it could not digest. */
@Command(
        name = "reports",
        description = "Look at the reports that follow the audit log, and mend what one could not digest.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
@SuppressWarnings({"NullAway.Init", "UnusedMethod"}) // The command line fills the fields and calls the methods.
final class ReportsCommand {

    private static final String PATH = "/v1/reports";

    private static final int PAGE = 1_000;

    /** What names are made of, and none of it means anything in a path. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");

    /** What all commands about one report take. */
    static final class OneReport {

        @Mixin
        ServerOptions server;

        @Mixin
        OutputOptions output;

        @Parameters(index = "0", paramLabel = "<report>", description = "The report's name.")
        String name;

        @Spec(Target.MIXEE)
        private CommandSpec command;

        String path() {
            if (!NAME.matcher(name).matches()) {
                throw wrong("no report has this name: " + name);
            }
            return PATH + "/" + name;
        }

        ParameterException wrong(String why) {
            return new ParameterException(command.commandLine(), why);
        }

        void change(String method, String path, ReasonOption reason) {
            Map<String, String> query = new TreeMap<>();
            reason.addTo(query);
            try (ServerClient client = server.connect()) {
                output.one(client.ask(method, path, query, null));
            }
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List reports: how far each was told the log, and how many records it could not digest.")
    void list(@Mixin ServerOptions server, @Mixin OutputOptions output) {
        List<JsonNode> found = new ArrayList<>();
        try (ServerClient client = server.connect()) {
            client.ask("GET", PATH, Map.of(), null).path("reports").forEach(found::add);
        }
        output.rows(found, "name", "version", "loaded", "size", "lag", "parked", "standing", "retrying", "rebuilding");
    }

    @Command(
            name = "parked",
            mixinStandardHelpOptions = true,
            description =
                    "List records that a report could not digest, why, and those of the same keys that wait for them.",
            footer = {
                "",
                "Example: everything that is parked, for a program",
                "  keyledger reports parked key-uses --limit 100000 --output json"
            })
    void parked(
            @Mixin OneReport one,
            @Option(
                            names = "--limit",
                            paramLabel = "<n>",
                            defaultValue = "1000",
                            description = "At most so many (default 1000).")
                    int limit) {
        if (limit < 1) {
            throw one.wrong("--limit is 1 at least");
        }
        String path = one.path() + "/parked";
        List<JsonNode> found = new ArrayList<>();
        try (ServerClient client = one.server.connect()) {
            Map<String, String> query = new TreeMap<>(Map.of("limit", String.valueOf(Math.min(PAGE, limit))));
            String cursor;
            do {
                JsonNode page = client.ask("GET", path, query, null);
                page.path("parked").forEach(found::add);
                cursor = page.path("nextCursor").asString("");
                query.put("cursor", cursor);
            } while (!cursor.isEmpty() && found.size() < limit);
        }
        one.output.rows(found.subList(0, Math.min(limit, found.size())), "logIndex", "parkedAt", "keyIds", "reason");
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Have all parked records tried again, in their order, after what was wrong is repaired.")
    void retry(@Mixin OneReport one, @Mixin ReasonOption reason) {
        one.change("POST", one.path() + "/retry", reason);
    }

    @Command(
            name = "rebuild",
            mixinStandardHelpOptions = true,
            description = "Empty a report's tables and begin again at the first record there is.")
    void rebuild(@Mixin OneReport one, @Mixin ReasonOption reason) {
        one.change("POST", one.path() + "/rebuild", reason);
    }

    @Command(
            name = "evict",
            mixinStandardHelpOptions = true,
            description = "Take a parked record out: the report never counts it. Then retry, for those behind it.")
    void evict(
            @Mixin OneReport one,
            @Mixin ReasonOption reason,
            @Parameters(index = "1", paramLabel = "<index>", description = "The record's place in the log.")
                    long index) {
        if (index < 0) {
            throw one.wrong("no record has this place in the log: " + index);
        }
        one.change("DELETE", one.path() + "/parked/" + index, reason);
    }
}
