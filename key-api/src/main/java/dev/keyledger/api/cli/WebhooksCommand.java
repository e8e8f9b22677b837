package dev.keyledger.api.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.JsonNode;

/** Who is told of events by HTTP, by {@code /v1/webhooks}. */
@Command(
        name = "webhooks",
        description = "Have events of keys sent to receivers, and see how that goes.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
@SuppressWarnings({"NullAway.Init", "UnusedMethod"}) // The command line fills the fields and calls the methods.
final class WebhooksCommand {

    private static final String PATH = "/v1/webhooks";

    /** What ids are made of, and none of it means anything in a path. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** What all commands about one webhook take. */
    static final class OneWebhook {

        @Mixin
        ServerOptions server;

        @Mixin
        OutputOptions output;

        @Mixin
        ReasonOption reason;

        @Parameters(index = "0", paramLabel = "<webhook id>", description = "The webhook's id, as list shows it.")
        String id;

        @Spec(Target.MIXEE)
        private CommandSpec command;

        private String path() {
            return PATH + "/" + checked(id);
        }

        private String checked(String part) {
            if (!ID.matcher(part).matches()) {
                throw new ParameterException(command.commandLine(), "nothing has this id: " + part);
            }
            return part;
        }

        private JsonNode send(String method, String verb, Map<String, String> more) {
            Map<String, String> query = new TreeMap<>(more);
            reason.addTo(query);
            try (ServerClient client = server.connect()) {
                return client.ask(method, path() + verb, query, null);
            }
        }

        private void change(String verb) {
            output.one(send("POST", verb, Map.of()));
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List webhooks and how their deliveries go.")
    void list(@Mixin ServerOptions server, @Mixin OutputOptions output) {
        List<JsonNode> found = new ArrayList<>();
        try (ServerClient client = server.connect()) {
            client.ask("GET", PATH, Map.of(), null).path("webhooks").forEach(found::add);
        }
        output.rows(
                found, "webhookId", "status", "waiting", "deadLetters", "lagSeconds", "ordered", "url", "description");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Have events sent to a URL. The secret that signs them is shown here and never again.")
    void create(
            @Mixin ServerOptions server,
            @Mixin OutputOptions output,
            @Mixin ReasonOption reason,
            @Parameters(index = "0", paramLabel = "<url>", description = "Where to send them: https, port 443 or 8443.")
                    String url,
            @Option(names = "--description", paramLabel = "<text>", defaultValue = "", description = "What it is for.")
                    String description,
            @Option(names = "--type", paramLabel = "<name>", description = "Only events of this name; may be repeated.")
                    @Nullable
                    List<String> types,
            @Option(names = "--key", paramLabel = "<key id>", description = "Only of this key; may be repeated.")
                    @Nullable
                    List<String> keys,
            @Option(
                            names = "--tag",
                            paramLabel = "<key>=<value>",
                            description = "Only of keys that have this tag just before or just after the event.")
                    @Nullable
                    String tag,
            @Option(
                            names = "--from",
                            paramLabel = "<where>",
                            defaultValue = "now",
                            description = "now (default), beginning, a sequence, or an instant in ISO 8601.")
                    String from,
            @Option(
                            names = "--unordered",
                            description = "Send events of one key without waiting for those before them.")
                    boolean unordered) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("url", url);
        body.put("description", description);
        body.put("types", types == null ? List.of() : types);
        body.put("keyIds", keys == null ? List.of() : keys);
        if (tag != null) {
            int equals = tag.indexOf('=');
            body.put(
                    "tag",
                    Map.of(
                            "key", equals < 0 ? tag : tag.substring(0, equals),
                            "value", equals < 0 ? "" : tag.substring(equals + 1)));
        }
        body.put("ordered", !unordered);
        body.put("start", from);
        Map<String, String> query = new TreeMap<>();
        reason.addTo(query);
        try (ServerClient client = server.connect()) {
            output.one(client.ask("POST", PATH, query, body));
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a webhook.")
    void show(@Mixin OneWebhook one) {
        one.output.one(one.send("GET", "", Map.of()));
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = "Send a signed test event now, and tell how that ended.")
    void test(@Mixin OneWebhook one) {
        one.change("/test");
    }

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Send nothing until it is resumed. Nothing is lost.")
    void pause(@Mixin OneWebhook one) {
        one.change("/pause");
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Send again, from where it was.")
    void resume(@Mixin OneWebhook one) {
        one.change("/resume");
    }

    @Command(
            name = "rotate-secret",
            mixinStandardHelpOptions = true,
            description = "Make a new secret, shown here and never again. The one before signs as well for a while.")
    void rotateSecret(
            @Mixin OneWebhook one,
            @Option(
                            names = "--overlap-hours",
                            paramLabel = "<hours>",
                            defaultValue = "24",
                            description = "For how long the one before signs as well, 0 to 168 (default 24).")
                    int overlapHours) {
        one.output.one(one.send("POST", "/rotate-secret", Map.of("overlapHours", Integer.toString(overlapHours))));
    }

    @Command(
            name = "deliveries",
            mixinStandardHelpOptions = true,
            description = "List what was sent, is on its way, or was given up, the latest event first.")
    void deliveries(
            @Mixin OneWebhook one,
            @Option(
                            names = "--state",
                            paramLabel = "<state>",
                            description = "Only those: waiting, dead, delivered or skipped.")
                    @Nullable
                    String state,
            @Option(
                            names = "--limit",
                            paramLabel = "<number>",
                            defaultValue = "100",
                            description = "How many, 1 to 1000 (default 100).")
                    int limit) {
        Map<String, String> query = new TreeMap<>(Map.of("limit", Integer.toString(limit)));
        if (state != null) {
            query.put("state", state);
        }
        List<JsonNode> found = new ArrayList<>();
        one.send("GET", "/deliveries", query).path("deliveries").forEach(found::add);
        one.output.rows(found, "sequence", "type", "subject", "state", "attempts", "nextAttemptAt", "eventId");
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Try again at once: one event, or everything that was given up.")
    void retry(
            @Mixin OneWebhook one,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "<event id>",
                            description = "The event, as deliveries shows it; none for all dead letters.")
                    @Nullable
                    String eventId) {
        one.change(eventId == null ? "/dead-letters/retry" : "/deliveries/" + one.checked(eventId) + "/retry");
    }

    @Command(
            name = "skip",
            mixinStandardHelpOptions = true,
            description = "Give an event up for good, and let the next one of its key go.")
    void skip(
            @Mixin OneWebhook one,
            @Parameters(index = "1", paramLabel = "<event id>", description = "The event, as deliveries shows it.")
                    String eventId) {
        one.change("/deliveries/" + one.checked(eventId) + "/skip");
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete a webhook with its secrets and its log, for good.")
    void delete(@Mixin OneWebhook one) {
        one.output.one(one.send("DELETE", "", Map.of()));
    }
}
