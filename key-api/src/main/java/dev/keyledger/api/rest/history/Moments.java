package dev.keyledger.api.rest.history;

import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.projection.asof.Moment;
import dev.keyledger.projection.auditlog.AuditLog;
import dev.keyledger.projection.sequencer.AuditIndex;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the parameter {@code at}: an instant of store time or a place in the audit log. */
@Component
class Moments {

    static final String AT = "at";

    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,17}");

    private final StoreClock clock;
    private final AuditLog log;
    private final AuditIndex index;

    Moments(StoreClock clock, AuditLog log, AuditIndex index) {
        this.clock = clock;
        this.log = log;
        this.index = index;
    }

    /**
     * What a request looks at, and what the time is.
     *
     * @param now store time of the request
     */
    record Asked(Moment moment, Instant now) {}

    /**
     * Reads the parameter.
     *
     * @param text null for now
     * @throws Refusal {@code INVALID_PARAMETER} for what lies in the future, of which nothing is known
     */
    Asked read(@Nullable String text) {
        Instant now = clock.now();
        if (text == null) {
            return new Asked(Moment.at(now), now);
        }
        if (INDEX.matcher(text).matches()) {
            long position = Long.parseLong(text);
            Instant time = log.timeOf(position)
                    .orElseThrow(() -> QueryParameters.invalid(
                            AT, "The log is known up to index " + (index.head().size() - 1) + "."));
            return new Asked(new Moment(time, position), now);
        }
        // What the store can tell apart.
        Instant instant = instant(text).truncatedTo(ChronoUnit.MILLIS);
        if (instant.isAfter(now)) {
            throw QueryParameters.invalid(AT, "It lies in the future; it is " + now + ".");
        }
        return new Asked(Moment.at(instant), now);
    }

    private static Instant instant(String text) {
        try {
            return QueryParameters.instant(AT, text);
        } catch (Refusal malformed) {
            throw malformed.advising(malformed.advice() + " Or it is an index of the audit log.");
        }
    }
}
