package dev.keyledger.api.cli;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A part of the log, between places or between instants. The server says what is neither. */
final class LogStretch {

    private static final Pattern INDEX = Pattern.compile("[0-9]{1,18}");

    @Option(
            names = "--from",
            paramLabel = "<instant|index>",
            description = "From this instant (2026-03-01T00:00:00Z) or this place in the log on.")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "<instant|index>",
            description = "Before this instant or this place in the log.")
    private @Nullable String to;

    /** As parameters of the server's query. */
    Map<String, String> query() {
        Map<String, String> query = new TreeMap<>();
        put(query, "from", from);
        put(query, "to", to);
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(INDEX.matcher(value).matches() ? name + "Index" : name, value);
        }
    }

    /** Whether an instant bounds it, so that only the server can tell which places these are. */
    boolean hasInstants() {
        return (from != null && !INDEX.matcher(from).matches())
                || (to != null && !INDEX.matcher(to).matches());
    }

    /** The first place, if it was given as one. */
    OptionalLong fromIndex() {
        return index(from);
    }

    /** The place behind the last, if it was given as one. */
    OptionalLong toIndex() {
        return index(to);
    }

    private static OptionalLong index(@Nullable String value) {
        return value != null && INDEX.matcher(value).matches()
                ? OptionalLong.of(Long.parseLong(value))
                : OptionalLong.empty();
    }
}
