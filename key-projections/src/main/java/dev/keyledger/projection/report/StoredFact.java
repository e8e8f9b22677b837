package dev.keyledger.projection.report;

import dev.keyledger.extension.report.Fact;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event as it lies in the store, and what of it is public. A member is shown only if it is named here: what a later revision adds is nobody's
 * business until somebody says so.
 *
 * @param payload JSON as in ADR 0002
 */
record StoredFact(String name, String revision, String subject, long sequence, String payload) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> PAIRS = new TypeReference<>() {};

    private static final String FIRST_REVISION = "1";

    private static final Map<String, Set<String>> PUBLIC = Map.ofEntries(
            Map.entry(
                    "keyledger.key.created",
                    Set.of("origin", "spec", "usage", "protectionLevel", "description", "creator", "primaryVersion")),
            Map.entry("keyledger.key.description-changed", Set.of("description")),
            Map.entry("keyledger.key.tags-changed", Set.of("set", "removed")),
            Map.entry("keyledger.key.deletion-protection-changed", Set.of("enabled", "description")),
            Map.entry(
                    "keyledger.key.import-parameters-issued",
                    Set.of("wrappingAlgorithm", "wrappingKeySpec", "expiresAt")),
            Map.entry("keyledger.key.material-imported", Set.of("versionId", "expiresAt")),
            Map.entry("keyledger.key.material-deleted", Set.of("versionId")),
            Map.entry("keyledger.key.material-expired", Set.of("versionId", "expiredAt")),
            Map.entry("keyledger.key.deletion-scheduled", Set.of("deleteAt")),
            Map.entry("keyledger.alias.created", Set.of("keyId")),
            Map.entry("keyledger.alias.repointed", Set.of("keyId")));

    /** What is public of it. */
    Fact fact() {
        JsonNode event = JSON.readTree(payload);
        Map<String, String> details = new TreeMap<>();
        if (revision.equals(FIRST_REVISION)) {
            for (String member : PUBLIC.getOrDefault(name, Set.of())) {
                put(details, member, event.path(member));
            }
        }
        return new Fact(name, subject, sequence, Instant.parse(event.path("at").stringValue()), details);
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
