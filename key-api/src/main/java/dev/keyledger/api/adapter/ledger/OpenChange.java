package dev.keyledger.api.adapter.ledger;

import dev.keyledger.api.adapter.journal.StatementBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.axonframework.eventhandling.DomainEventData;
import org.jspecify.annotations.Nullable;

/** What one ledger transaction knows while it is open: what it will write, what it has read ahead, and what time it was then. */
final class OpenChange {

    /** A reading of the clock that is older was taken before some wait, and the present is another. */
    private static final long FRESH_NANOS = Duration.ofMillis(50).toNanos();

    private final StatementBatch writes = new StatementBatch();
    private final Collection<String> streams;
    private final Map<String, StoredStream> readAhead = new HashMap<>();
    private final Map<String, Long> lastSeen = new HashMap<>();
    private boolean hasRead;
    private @Nullable Instant now;
    private long readAtNanos;

    /** The earliest instant that had not come yet when it mattered; null for none. */
    private @Nullable Instant holdsUntil;

    /** Whether an instant that mattered had come, although no event says so. */
    private boolean lapsed;

    /**
     * A stream as it was read.
     *
     * @param snapshot the last one; null for none
     * @param events those after the snapshot, or all
     */
    record StoredStream(@Nullable DomainEventData<?> snapshot, List<DomainEventData<?>> events) {

        /** Sequence number of the first event. */
        long first() {
            return snapshot == null ? 0 : snapshot.getSequenceNumber() + 1;
        }

        /** Sequence number of the last event; -1 if there is none. */
        long last() {
            return first() - 1 + events.size();
        }
    }

    /** @param streams aggregates that the transaction is going to ask for */
    OpenChange(Collection<String> streams) {
        this.streams = streams;
    }

    StatementBatch writes() {
        return writes;
    }

    /** Whether this stream is one to be read ahead together with its fellows, which happens once. */
    boolean readsAhead(String stream) {
        return !hasRead && streams.contains(stream);
    }

    Collection<String> streams() {
        return streams;
    }

    /** @param at store time as the streams were read; null if there was nothing to read */
    void read(Map<String, StoredStream> found, @Nullable Instant at, long nanos) {
        hasRead = true;
        readAhead.putAll(found);
        found.forEach((name, stream) -> lastSeen.put(name, stream.last()));
        now = at;
        readAtNanos = nanos;
    }

    Optional<StoredStream> stream(String name) {
        return Optional.ofNullable(readAhead.get(name));
    }

    /** The stream's events, once: whoever asks again wants what was written since. */
    Optional<List<DomainEventData<?>>> takeEvents(String name, long first) {
        StoredStream stream = readAhead.remove(name);
        return stream == null || stream.first() != first ? Optional.empty() : Optional.of(stream.events());
    }

    /** Notes a comparison of store time with an instant on which the change depends. */
    void judged(Instant at, Instant limit) {
        if (!at.isBefore(limit)) {
            lapsed = true;
        } else if (holdsUntil == null || limit.isBefore(holdsUntil)) {
            holdsUntil = limit;
        }
    }

    /** From when on the change would have been decided otherwise. */
    Optional<Instant> holdsUntil() {
        return Optional.ofNullable(holdsUntil);
    }

    /** Whether the change was decided on something that had lapsed unrecorded. */
    boolean lapsed() {
        return lapsed;
    }

    /** Of each stream that was read the sequence number of its last event; -1 if it had none. */
    Map<String, Long> lastSeen() {
        return lastSeen;
    }

    /** Store time as it was read ahead, if that was just now. */
    Optional<Instant> now() {
        return System.nanoTime() - readAtNanos > FRESH_NANOS ? Optional.empty() : Optional.ofNullable(now);
    }
}
