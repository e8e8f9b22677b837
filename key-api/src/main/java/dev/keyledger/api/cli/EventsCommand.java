package dev.keyledger.api.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What happens to keys, as it happens. */
@Command(
        name = "events",
        description = "Follow what happens to keys.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = EventsCommand.Tail.class)
final class EventsCommand {

    static final String EVENTS = "/v1/events";

    /** What every type begins with; nobody has to type it. */
    static final String PREFIX = "keyledger.";

    /** Follows the events, and goes on by itself where the connection was cut. */
    @Command(
            name = "tail",
            mixinStandardHelpOptions = true,
            description = {
                "Show events as they happen, until it is interrupted. A connection that is cut is made again, and goes on where it"
                        + " was."
            },
            footer = {
                "",
                "Examples:",
                "  keyledger events tail --from beginning --type key.disabled,key.destroyed",
                "  keyledger events tail --from 2026-03-01T00:00:00Z --key 6d0f… --no-follow -o json"
            })
    @SuppressWarnings("NullAway.Init") // The command line fills the fields.
    static final class Tail implements Runnable {

        @Spec
        private CommandSpec spec;

        @Mixin
        private ServerOptions server;

        @Option(
                names = "--from",
                paramLabel = "beginning|now|<instant>|<sequence>",
                defaultValue = "now",
                description =
                        "Where to begin: with the first event, with the next one (default), with those since an instant,"
                                + " or behind the event of a sequence.")
        private String from;

        @Option(names = "--key", paramLabel = "<key id>", split = ",", description = "That concern one of these keys.")
        private @Nullable List<String> keys;

        @Option(
                names = "--type",
                paramLabel = "<type>",
                split = ",",
                description = "Of one of these types: key.disabled for keyledger.key.disabled.")
        private @Nullable List<String> types;

        @Option(
                names = "--tag",
                paramLabel = "<name>:<value>",
                description = "Of keys that have this tag directly before or directly after the event.")
        private @Nullable String tag;

        @Option(names = "--limit", paramLabel = "<n>", description = "End after so many events.")
        private @Nullable Long limit;

        @Option(names = "--no-follow", description = "End with the last event there is.")
        private boolean noFollow;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "text|json",
                defaultValue = "text",
                description = "text (default) for people, in colour on a terminal unless NO_COLOR is set;"
                        + " json, one CloudEvent a line.")
        private Form form;

        enum Form {
            TEXT,
            JSON
        }

        @Override
        public void run() {
            if (limit != null && limit < 1) {
                throw new ParameterException(spec.commandLine(), "--limit is 1 at least");
            }
            EventLines lines = new EventLines(
                    spec.commandLine().getOut(),
                    form == Form.JSON,
                    Ansi.AUTO.enabled(),
                    limit == null ? Long.MAX_VALUE : limit);
            try (ServerClient client = server.connect()) {
                EventTail tail =
                        new EventTail(client, query(), lines, spec.commandLine().getErr());
                if (noFollow) {
                    tail.whatThereIs();
                } else {
                    tail.follow(Duration.ofSeconds(2));
                }
            }
        }

        private Map<String, String> query() {
            Map<String, String> query = new TreeMap<>();
            if (from.matches("[0-9]{20}\\.[0-9]{3}")) {
                query.put("after", from);
            } else {
                query.put("from", from);
            }
            if (keys != null) {
                query.put("key", String.join(",", keys));
            }
            if (types != null) {
                query.put(
                        "type",
                        types.stream()
                                .map(type -> type.startsWith(PREFIX) ? type : PREFIX + type)
                                .collect(Collectors.joining(",")));
            }
            if (tag != null) {
                query.put("tag", tag);
            }
            return query;
        }
    }
}
