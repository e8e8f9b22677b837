package dev.keyledger.eventlog;

import dev.keyledger.time.DigitForm;
import dev.keyledger.time.MillisecondText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.ser.std.StdSerializer;

/** Instants as text of one fixed form, {@code 2026-11-24T10:00:00.000Z}: always UTC, always milliseconds, years of four digits. */
final class InstantText {

    private static final DigitForm FORM = new DigitForm("0000-00-00T00:00:00.000Z");

    private InstantText() {}

    /** @throws DateTimeException if the text has another form or names no instant */
    static Instant read(String text) {
        if (!FORM.matches(text)) {
            throw new DateTimeException("another form");
        }
        return LocalDateTime.of(
                        DigitForm.number(text, 0, 4),
                        DigitForm.number(text, 5, 7),
                        DigitForm.number(text, 8, 10),
                        DigitForm.number(text, 11, 13),
                        DigitForm.number(text, 14, 16),
                        DigitForm.number(text, 17, 19),
                        DigitForm.number(text, 20, 23) * 1_000_000)
                .toInstant(ZoneOffset.UTC);
    }

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
                generator.writeString(MillisecondText.of(value));
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
                return read(text);
            } catch (DateTimeException malformed) {
                throw context.weirdStringException(text, Instant.class, "not of the form of an event's instant");
            }
        }
    }
}
