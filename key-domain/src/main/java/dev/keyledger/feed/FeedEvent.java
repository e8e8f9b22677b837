package dev.keyledger.feed;

import dev.keyledger.time.MillisecondText;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An event at its place in the feed.
 *
 * @param id identifier of the event: the same whenever and however it is told
 * @param type stored name
 * @param revision stored revision
 * @param subject the key's id, or the alias with its prefix {@code alias/}; events of one subject are in the order in which they happened
 * @param subjectVersion number in the history of the subject, from 0; of keys it is the key state version that uses are recorded with
 * @param keyIds keys that it concerns: the subject, or those that an alias names and named
 * @param time store time, in milliseconds
 * @param payload JSON as stored. Not all of it is public: {@link CloudEventForm} shows what is
 */
public record FeedEvent(
        FeedPosition position,
        String id,
        String type,
        String revision,
        String subject,
        long subjectVersion,
        List<UUID> keyIds,
        Instant time,
        String payload) {

    public FeedEvent {
        keyIds = List.copyOf(keyIds);
    }

    /** The instant as events write it. */
    public String timeText() {
        return MillisecondText.of(time);
    }

    /** The event without what it says, for whoever has that in another form. */
    public FeedEvent withoutPayload() {
        return new FeedEvent(position, id, type, revision, subject, subjectVersion, keyIds, time, "{}");
    }

    /** Says where it is and nothing of what it says: this ends up in messages of exceptions. */
    @Override
    public String toString() {
        return "event " + position;
    }
}
