package dev.keyledger.projection.report;

import dev.keyledger.extension.report.Fact;
import dev.keyledger.extension.report.LogRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read. What is text in the store is parsed when it is asked for, so that a record that cannot be parsed is the matter of
 * whoever looks at it and not of those that are read with it.
 *
 * @param contextJson as stored
 * @param eventIds the events that it covers
 * @param events those of them that were read, by id; empty if nobody wants them
 */
record StoredRecord(
        long logIndex,
        Instant time,
        UUID requestId,
        String action,
        String outcome,
        @Nullable String code,
        @Nullable String caller,
        @Nullable String source,
        @Nullable String agent,
        List<UUID> keyIds,
        List<Long> keyStateVersions,
        @Nullable UUID version,
        @Nullable String alias,
        @Nullable String statedReason,
        @Nullable String contextJson,
        @Nullable String destinationJson,
        List<String> eventIds,
        Map<String, StoredFact> events)
        implements LogRecord {

    StoredRecord {
        keyIds = List.copyOf(keyIds);
        keyStateVersions = List.copyOf(keyStateVersions);
        eventIds = List.copyOf(eventIds);
    }

    StoredRecord with(Map<String, StoredFact> read) {
        return new StoredRecord(
                logIndex,
                time,
                requestId,
                action,
                outcome,
                code,
                caller,
                source,
                agent,
                keyIds,
                keyStateVersions,
                version,
                alias,
                statedReason,
                contextJson,
                destinationJson,
                eventIds,
                read);
    }

    @Override
    public Optional<String> errorCode() {
        return Optional.ofNullable(code);
    }

    @Override
    public Optional<String> principal() {
        return Optional.ofNullable(caller);
    }

    @Override
    public Optional<String> sourceIp() {
        return Optional.ofNullable(source);
    }

    @Override
    public Optional<String> userAgent() {
        return Optional.ofNullable(agent);
    }

    @Override
    public Optional<UUID> keyVersionId() {
        return Optional.ofNullable(version);
    }

    @Override
    public Optional<String> aliasUsed() {
        return Optional.ofNullable(alias);
    }

    @Override
    public Optional<String> callerReason() {
        return Optional.ofNullable(statedReason);
    }

    @Override
    public Map<String, String> context() {
        return StoredFact.pairs(contextJson);
    }

    @Override
    public Map<String, String> destinationContext() {
        return StoredFact.pairs(destinationJson);
    }

    @Override
    public List<Fact> facts() {
        return eventIds.stream()
                .map(id -> {
                    StoredFact event = events.get(id);
                    if (event == null) {
                        throw new IllegalStateException("an event that the record covers is not there");
                    }
                    return event.fact();
                })
                .toList();
    }

    /** Says where it is and nothing of what it says: this ends up in messages of exceptions. */
    @Override
    public String toString() {
        return "record " + logIndex;
    }
}
