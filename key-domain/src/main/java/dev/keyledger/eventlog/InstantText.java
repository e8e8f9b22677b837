package dev.keyledger.eventlog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.ser.std.StdSerializer;

/** Instants as text of one fixed form, {@code 2026-11-24T10:00:00.000Z}: always UTC, always milliseconds, years of four digits. */
final class InstantText {

    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4)
            .appendPattern("-MM-dd'T'HH:mm:ss.SSS'Z'")
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .withResolverStyle(ResolverStyle.STRICT);

    private InstantText() {}

    static final class Writer extends StdSerializer<Instant> {

        Writer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
            // What would be read back must be what was decided.
            if (!value.equals(value.truncatedTo(ChronoUnit.MILLIS))) {
                context.reportMappingProblem("an instant in an event has whole milliseconds: %s", value);
            }
            try {
                generator.writeString(FORM.format(value));
            } catch (DateTimeException outOfRange) {
                context.reportMappingProblem("an instant in an event has a year of four digits: %s", value);
            }
        }
    }

    static final class Reader extends StdDeserializer<Instant> {

        Reader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) {
            String text = parser.getString();
            try {
                return FORM.parse(text, Instant::from);
            } catch (DateTimeParseException malformed) {
                throw context.weirdStringException(text, Instant.class, "not of the form of an event's instant");
            }
        }
    }
}
