package dev.keyledger.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys: what they are, and what an operator does to them by hand. */
@Command(
        name = "keys",
        description = "Look at keys, and enable, disable or delete them.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
@SuppressWarnings({"NullAway.Init", "UnusedMethod"}) // The command line fills the fields and calls the methods.
final class KeysCommand {

    private static final int PAGE = 100;

    private static final String KEY_ID = "KeyId";

    @Spec
    private CommandSpec spec;

    /** What all commands about one key take. */
    static final class OneKey {

        @Mixin
        ServerOptions server;

        @Mixin
        OutputOptions output;

        @Parameters(paramLabel = "<key>", description = "The key's id or ARN.")
        String key;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List keys, oldest first.",
            footer = {
                "",
                "Example: all keys that wait for their material",
                "  keyledger keys list --state PendingImport"
            })
    void list(
            @Mixin ServerOptions server,
            @Mixin OutputOptions output,
            @Option(
                            names = "--state",
                            paramLabel = "<state>",
                            description =
                                    "Only keys in this state: Enabled, Disabled, PendingDeletion or PendingImport;"
                                            + " may be given several times.")
                    List<String> states,
            @Option(
                            names = "--limit",
                            paramLabel = "<n>",
                            defaultValue = "1000",
                            description = "At most so many (default 1000).")
                    int limit) {
        if (limit < 1) {
            throw new ParameterException(spec.subcommands().get("list"), "--limit is 1 at least");
        }
        Map<String, String> parameters = new TreeMap<>(Map.of("PageSize", String.valueOf(Math.min(PAGE, limit))));
        if (states != null && !states.isEmpty()) {
            parameters.put(
                    "Filters",
                    JsonMapper.shared().writeValueAsString(List.of(Map.of("Key", "KeyState", "Values", states))));
        }
        List<JsonNode> found = new ArrayList<>();
        try (ServerClient client = server.connect()) {
            int total = Integer.MAX_VALUE;
            for (int page = 1; found.size() < Math.min(limit, total); page++) {
                parameters.put("PageNumber", String.valueOf(page));
                JsonNode answer = client.call("ListKeys", parameters);
                JsonNode keys = answer.path("Keys").path("Key");
                if (keys.isEmpty()) {
                    break;
                }
                keys.forEach(found::add);
                total = answer.path("TotalCount").asInt();
            }
        }
        output.rows(found.subList(0, Math.min(limit, found.size())), KEY_ID, "KeyArn");
    }

    @Command(name = "describe", mixinStandardHelpOptions = true, description = "Show what a key is now.")
    void describe(@Mixin OneKey one) {
        try (ServerClient client = one.server.connect()) {
            show(one, client);
        }
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Disable a key: when this returns, no node encrypts or decrypts with it any more.")
    void disable(@Mixin OneKey one, @Mixin ReasonOption reason) {
        change(one, reason, "DisableKey", Map.of());
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Enable a disabled key.")
    void enable(@Mixin OneKey one, @Mixin ReasonOption reason) {
        change(one, reason, "EnableKey", Map.of());
    }

    @Command(
            name = "schedule-deletion",
            mixinStandardHelpOptions = true,
            description =
                    "Schedule a key's deletion. Until then it can be cancelled; afterwards everything encrypted with it is lost.")
    void scheduleDeletion(
            @Mixin OneKey one,
            @Mixin ReasonOption reason,
            @Option(
                            names = "--days",
                            required = true,
                            paramLabel = "<days>",
                            description = "How long the key waits: 7 to 30, or what the server allows.")
                    int days) {
        change(one, reason, "ScheduleKeyDeletion", Map.of("PendingWindowInDays", String.valueOf(days)));
    }

    @Command(
            name = "cancel-deletion",
            mixinStandardHelpOptions = true,
            description =
                    "Cancel a scheduled deletion: the key is enabled again, or waits for its material if that is gone.")
    void cancelDeletion(@Mixin OneKey one, @Mixin ReasonOption reason) {
        change(one, reason, "CancelKeyDeletion", Map.of());
    }

    private static void change(OneKey one, ReasonOption reason, String action, Map<String, String> more) {
        Map<String, String> parameters = new TreeMap<>(more);
        parameters.put(KEY_ID, one.key);
        reason.addTo(parameters);
        try (ServerClient client = one.server.connect()) {
            var unused = client.call(action, parameters);
            show(one, client);
        }
    }

    private static void show(OneKey one, ServerClient client) {
        one.output.one(client.call("DescribeKey", Map.of(KEY_ID, one.key)).path("KeyMetadata"));
    }
}
