package dev.keyledger.extension.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One change of a key or an alias, as far as it is public: the same event that the feed, webhooks and a broker tell, under the same id.
 *
 * @param id identifies the event for ever: one that is told twice has the same
 * @param sequence its place in the feed, as text that sorts: 20 digits, a point, 3 digits
 * @param type {@code keyledger.key.disabled} for example; the types are listed in ADR 0002. Types may be added
 * @param revision of what {@link #data} has for this type; a revision only ever gets members
 * @param subject the key's id, or the alias with its prefix {@code alias/}
 * @param subjectVersion number in the history of the subject, from 0
 * @param keyIds keys that it concerns: the subject, or those that an alias names and named
 * @param time store time, in milliseconds
 * @param data public members of the event by name, as text; those that are null, and the subject and the time, are left out. Tags that were
 *     set are {@code set.<tag>}, tags that were removed {@code removed.<tag>} with empty text
 */
public record KeyEvent(
        String id,
        String sequence,
        String type,
        String revision,
        String subject,
        long subjectVersion,
        List<UUID> keyIds,
        Instant time,
        Map<String, String> data) {

    public KeyEvent {
        keyIds = List.copyOf(keyIds);
        data = Map.copyOf(data);
    }
}
