package dev.keyledger.evidence;

import dev.keyledger.time.MillisecondText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The members of a record by their permanent names, to and from canonical JSON. */
final class CanonicalMembers {

    /** Always three digits of the second: the same instant has one spelling. */
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant YEAR_10_000 = Instant.parse("+10000-01-01T00:00:00Z");

    private CanonicalMembers() {}

    static String instant(Instant at) {
        boolean fourDigits = !at.isBefore(YEAR_0) && at.isBefore(YEAR_10_000);
        return fourDigits ? MillisecondText.of(at) : MILLISECONDS.format(at);
    }

    /** Writes members as they come, which must be in the order of their names; an absent one is left out. */
    static final class Writer {

        private final StringBuilder out = new StringBuilder(1024);
        private String last = "";

        Writer put(String name, @Nullable Object value) {
            if (name.compareTo(last) <= 0) {
                throw new IllegalStateException(name + " after " + last);
            }
            last = name;
            if (value != null) {
                out.append(out.isEmpty() ? '{' : ',');
                // Names are those of our own formats: nothing in them needs to be escaped, and to look costs as much as
                // the values.
                out.append('"').append(name).append("\":");
                CanonicalJson.value(out, value instanceof Instant at ? instant(at) : value);
            }
            return this;
        }

        byte[] bytes() {
            return out.append(out.isEmpty() ? "{}" : "}").toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Gives members out; {@link #end} refuses any that nobody asked for. */
    static final class Reader {

        private final JsonNode object;
        private final Set<String> asked = new HashSet<>();

        Reader(byte[] canonical) {
            object = CanonicalJson.parse(canonical);
        }

        private @Nullable JsonNode member(String name) {
            asked.add(name);
            return object.get(name);
        }

        private JsonNode required(String name) {
            JsonNode value = member(name);
            if (value == null) {
                throw new IllegalArgumentException("no member " + name);
            }
            return value;
        }

        String text(String name) {
            return textOf(required(name), name);
        }

        @Nullable
        String optionalText(String name) {
            JsonNode value = member(name);
            return value == null ? null : textOf(value, name);
        }

        boolean flag(String name) {
            JsonNode value = required(name);
            if (!value.isBoolean()) {
                throw new IllegalArgumentException(name + " is neither true nor false");
            }
            return value.booleanValue();
        }

        long number(String name) {
            return numberOf(required(name), name);
        }

        @Nullable
        Integer optionalInteger(String name) {
            JsonNode value = member(name);
            return value == null ? null : integerOf(value, name);
        }

        Instant instantAt(String name) {
            return instantOf(text(name), name);
        }

        @Nullable
        Instant optionalInstant(String name) {
            String value = optionalText(name);
            return value == null ? null : instantOf(value, name);
        }

        List<String> texts(String name) {
            List<String> values = new ArrayList<>();
            array(name).forEach(value -> values.add(textOf(value, name)));
            return values;
        }

        List<Long> numbers(String name) {
            List<Long> values = new ArrayList<>();
            array(name).forEach(value -> values.add(numberOf(value, name)));
            return values;
        }

        Map<String, String> pairs(String name) {
            JsonNode value = member(name);
            Map<String, String> pairs = new TreeMap<>();
            if (value != null) {
                value.properties().forEach(pair -> pairs.put(pair.getKey(), textOf(pair.getValue(), name)));
            }
            return pairs;
        }

        /** Refuses a member that the format does not have. */
        void end() {
            if (!asked.containsAll(object.propertyNames())) {
                throw new IllegalArgumentException("a member that the format does not have");
            }
        }

        private JsonNode array(String name) {
            JsonNode value = required(name);
            if (!value.isArray()) {
                throw new IllegalArgumentException(name + " is no array");
            }
            return value;
        }

        private static String textOf(JsonNode value, String name) {
            if (!value.isString()) {
                throw new IllegalArgumentException(name + " is no text");
            }
            return value.stringValue();
        }

        private static Instant instantOf(String value, String name) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException malformed) {
                throw new IllegalArgumentException(name + " is no instant", malformed);
            }
        }

        private static int integerOf(JsonNode value, String name) {
            long number = numberOf(value, name);
            if (number != (int) number) {
                throw new IllegalArgumentException(name + " is beyond 32 bits");
            }
            return (int) number;
        }

        private static long numberOf(JsonNode value, String name) {
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw new IllegalArgumentException(name + " is no integer");
            }
            return value.longValue();
        }
    }
}
