package dev.keyledger.api.auth;

import dev.keyledger.time.DigitForm;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The one form of a signed timestamp, {@code yyyy-MM-ddTHH:mm:ssZ}: UTC, whole seconds, twenty characters. */
final class SignedTimestamp {

    private static final DigitForm FORM = new DigitForm("0000-00-00T00:00:00Z");

    private SignedTimestamp() {}

    /** The instant; null if the text has another form or names no instant. */
    static @Nullable Instant parse(String text) {
        if (!FORM.matches(text)) {
            return null;
        }
        try {
            return LocalDateTime.of(
                            DigitForm.number(text, 0, 4),
                            DigitForm.number(text, 5, 7),
                            DigitForm.number(text, 8, 10),
                            DigitForm.number(text, 11, 13),
                            DigitForm.number(text, 14, 16),
                            DigitForm.number(text, 17, 19))
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException noSuchInstant) {
            return null;
        }
    }
}
