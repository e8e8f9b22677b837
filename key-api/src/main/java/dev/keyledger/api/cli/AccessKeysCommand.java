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

/** Access keys, by {@code /v1/access-keys}. */
@Command(
        name = "access-keys",
        description = "Make, disable and delete the access keys that requests are signed with.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
@SuppressWarnings({"NullAway.Init", "UnusedMethod"}) // The command line fills the fields and calls the methods.
final class AccessKeysCommand {

    private static final String PATH = "/v1/access-keys";

    /** What ids are made of, and none of it means anything in a path. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");

    /** What all commands about one access key take. */
    static final class OneAccessKey {

        @Mixin
        ServerOptions server;

        @Mixin
        ReasonOption reason;

        @Parameters(paramLabel = "<access key id>", description = "The access key's id.")
        String id;

        @Spec(Target.MIXEE)
        private CommandSpec command;

        private void send(String method, String verb) {
            if (!ID.matcher(id).matches()) {
                throw new ParameterException(command.commandLine(), "no access key has this id: " + id);
            }
            Map<String, String> query = new TreeMap<>();
            reason.addTo(query);
            try (ServerClient client = server.connect()) {
                var unused = client.ask(method, PATH + "/" + id + verb, query, null);
            }
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List access keys, without their secrets.")
    void list(@Mixin ServerOptions server, @Mixin OutputOptions output) {
        List<JsonNode> found = new ArrayList<>();
        try (ServerClient client = server.connect()) {
            Map<String, String> query = new TreeMap<>(Map.of("limit", "1000"));
            String cursor;
            do {
                JsonNode page = client.ask("GET", PATH, query, null);
                page.path("accessKeys").forEach(found::add);
                cursor = page.path("nextCursor").asString("");
                query.put("cursor", cursor);
            } while (!cursor.isEmpty());
        }
        output.rows(found, "accessKeyId", "principal", "status", "bootstrap", "createdAt", "createdBy");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Make an access key. Its secret is shown here and never again.")
    void create(
            @Mixin ServerOptions server,
            @Mixin OutputOptions output,
            @Mixin ReasonOption reason,
            @Option(
                            names = "--principal",
                            required = true,
                            paramLabel = "<name>",
                            description =
                                    "Whose it is: 1 to 64 letters, digits, _ . @ or -. A principal has two at most.")
                    String principal) {
        Map<String, String> query = new TreeMap<>();
        reason.addTo(query);
        try (ServerClient client = server.connect()) {
            output.one(client.ask("POST", PATH, query, Map.of("principal", principal)));
        }
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Disable an access key: when this returns, no node accepts it any more.")
    void disable(@Mixin OneAccessKey one) {
        one.send("POST", "/disable");
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Enable a disabled access key.")
    void enable(@Mixin OneAccessKey one) {
        one.send("POST", "/enable");
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Delete an access key, for good.")
    void delete(@Mixin OneAccessKey one) {
        one.send("DELETE", "");
    }
}
