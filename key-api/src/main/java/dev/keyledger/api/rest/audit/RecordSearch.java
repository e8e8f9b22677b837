package dev.keyledger.api.rest.audit;

import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.projection.auditlog.AuditLog;
import dev.keyledger.projection.auditlog.AuditLog.Entry;
import dev.keyledger.projection.auditlog.LogRange;
import dev.keyledger.projection.sequencer.AuditIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Reads the log step by step. Thread-safe. */
@Component
class RecordSearch {

    /** For how long a page is looked for; what is not found by then is looked for by the next request. */
    private static final Duration EFFORT = Duration.ofSeconds(1);

    /** Records that the first step looks at; what is frequent is found in it, and what is rare takes wider ones. */
    private static final int NARROWEST = 256;

    /** Some ten milliseconds of work. */
    private static final int WIDEST = 4096;

    private final AuditorLane lane;
    private final AuditLog log;
    private final AuditIndex index;

    RecordSearch(AuditorLane lane, AuditLog log, AuditIndex index) {
        this.lane = lane;
        this.log = log;
        this.index = index;
    }

    /**
     * Some records, and what was not looked at.
     *
     * @param rest empty at the end
     */
    record Found(List<Entry<AuditRecordForm>> records, LogRange rest) {}

    KnownLog known(Deadline deadline) {
        return lane.read(deadline, () -> KnownLog.of(index));
    }

    Optional<AuditRecordForm> at(long logIndex, Deadline deadline) {
        return lane.read(deadline, () -> log.at(logIndex, (row, number) -> AuditRecordReader.form(row)));
    }

    /** What of the question's range can hold anything. */
    LogRange bounds(RecordQuestion question, Deadline deadline) {
        return lane.read(deadline, () -> log.bounds(question.filter(), question.range()));
    }

    /** Records of a range; fewer than there are if there are more than the limit, or if they are rare. */
    Found find(RecordQuestion question, LogRange range, int limit, Deadline deadline) {
        Deadline effort = Deadline.in(EFFORT);
        List<Entry<AuditRecordForm>> found = new ArrayList<>();
        LogRange rest = range;
        int window = NARROWEST;
        while (!rest.isEmpty() && found.size() < limit && effort.nanosLeft() > 0) {
            LogRange next = rest;
            int missing = limit - found.size();
            int looked = window;
            AuditLog.Step<AuditRecordForm> step = lane.read(
                    deadline,
                    () -> log.step(
                            question.filter(), next, missing, looked, (row, number) -> AuditRecordReader.form(row)));
            found.addAll(step.found());
            rest = step.rest();
            window = Math.min(2 * window, WIDEST);
        }
        return new Found(found, rest);
    }
}
