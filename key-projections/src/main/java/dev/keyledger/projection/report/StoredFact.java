package dev.keyledger.projection.report;

import dev.keyledger.extension.report.Fact;
import dev.keyledger.feed.PublicEvents;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event as it lies in the store, and what of it is public. {@link PublicEvents} says which members are.
 *
 * @param payload JSON as in ADR 0002
 */
record StoredFact(String name, String revision, String subject, long sequence, String payload) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> PAIRS = new TypeReference<>() {};

    /** What a fact has members of its own for. */
    private static final Set<String> APART = Set.of("at");

    /** What is public of it. */
    Fact fact() {
        JsonNode event = JSON.readTree(payload);
        Map<String, String> details = new TreeMap<>();
        for (String member : publicMembers()) {
            if (!APART.contains(member)) {
                put(details, member, event.path(member));
            }
        }
        return new Fact(name, subject, sequence, Instant.parse(event.path("at").stringValue()), details);
    }

    /** Those of the event, without what repeats its subject. */
    private Set<String> publicMembers() {
        Set<String> members = new TreeSet<>(PublicEvents.of(name, revision)
                .map(form -> form.members().keySet())
                .orElse(Set.of()));
        members.remove(name.startsWith("keyledger.key.") ? "keyId" : "name");
        return members;
    }

    private static void put(Map<String, String> details, String member, JsonNode value) {
        if (value.isObject()) {
            value.properties()
                    .forEach(tag -> details.put(
                            member + "." + tag.getKey(), tag.getValue().stringValue()));
        } else if (value.isArray()) {
            value.forEach(tag -> details.put(member + "." + tag.stringValue(), ""));
        } else if (value.isValueNode() && !value.isNull()) {
            details.put(member, value.asString());
        }
    }

    /** A context as it is stored. */
    static Map<String, String> pairs(@Nullable String json) {
        return json == null ? Map.of() : JSON.readValue(json, PAIRS);
    }

    @Override
    public String toString() {
        return name + " of " + subject;
    }
}
