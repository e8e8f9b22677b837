package dev.keyledger.extension.report;

import java.time.Instant;
import java.util.Map;

/**
 * One change of a key or an alias, as far as it is public.
 *
 * @param name {@code keyledger.key.disabled} for example; the names are listed in ADR 0002. Names may be added
 * @param subject the key's id, or the alias with its prefix {@code alias/}
 * @param version its number in the history of the subject, from 0: for keys, what {@link LogRecord#keyStateVersions} counts
 * @param at store time
 * @param details members of the event by their name in ADR 0002, as text; those that are null, and those that are nobody else's business (tags of
 *     material, ids of import tokens), are left out. Tags that were set are {@code set.<tag>}, tags that were removed {@code removed.<tag>} with
 *     empty text
 */
public record Fact(String name, String subject, long version, Instant at, Map<String, String> details) {

    public Fact {
        details = Map.copyOf(details);
    }
}
