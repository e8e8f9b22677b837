package dev.keyledger.feed;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which events others are told of, and which of their members. A member is shown only if it is named here: what a later revision adds is
 * nobody's business until somebody says so. Tags of material, ids of import tokens and metadata are never named.
 *
 * <p>Names and meanings are those of ADR 0002. A form that was released only ever gets members; one that loses some is a new revision.
 */
public final class PublicEvents {

    /** What a member holds. */
    public enum Kind {
        /** Text that people write, or a word of the protocol. */
        TEXT,
        /** A UUID in lower case. */
        ID,
        ID_OR_NULL,
        /** {@code 2026-11-24T10:00:00.000Z}, store time. */
        INSTANT,
        INSTANT_OR_NULL,
        FLAG,
        /** An object of texts. */
        PAIRS,
        /** An array of texts. */
        NAMES
    }

    /**
     * What is public of an event.
     *
     * @param type stored name
     * @param revision stored revision
     * @param words what has happened, for people
     * @param members by name, in the order in which they are stored
     */
    public record Form(String type, String revision, String words, Map<String, Kind> members) {}

    private static final Map<String, Form> FORMS = new LinkedHashMap<>();

    static {
        key("created", "A key was created.")
                .with("creator", Kind.TEXT)
                .with("description", Kind.TEXT)
                .with("origin", Kind.TEXT)
                .with("primaryVersion", Kind.ID_OR_NULL)
                .with("protectionLevel", Kind.TEXT)
                .with("spec", Kind.TEXT)
                .with("usage", Kind.TEXT)
                .add();
        key("description-changed", "A key has another description.")
                .with("description", Kind.TEXT)
                .add();
        key("enabled", "A key was enabled: it can be used.").add();
        key("disabled", "A key was disabled: every use of it is refused.").add();
        key("tags-changed", "Tags of a key were set or removed.")
                .with("removed", Kind.NAMES)
                .with("set", Kind.PAIRS)
                .add();
        key("deletion-protection-changed", "A key is protected from deletion, or no longer.")
                .with("description", Kind.TEXT)
                .with("enabled", Kind.FLAG)
                .add();
        key("import-parameters-issued", "Somebody can import material until the token expires.")
                .with("expiresAt", Kind.INSTANT)
                .with("wrappingAlgorithm", Kind.TEXT)
                .with("wrappingKeySpec", Kind.TEXT)
                .add();
        key("import-token-exhausted", "An import token was used up by failed attempts.")
                .add();
        key(
                        "material-imported",
                        "Material was imported, for the first time or again; it expires at the instant, if there is one.")
                .with("expiresAt", Kind.INSTANT_OR_NULL)
                .with("versionId", Kind.ID)
                .add();
        key("material-deleted", "Imported material was deleted: every use of the key is refused.")
                .with("versionId", Kind.ID)
                .add();
        key("material-expired", "Imported material has expired: every use of the key is refused.")
                .with("expiredAt", Kind.INSTANT)
                .with("versionId", Kind.ID)
                .add();
        key("deletion-scheduled", "A key will be destroyed at the instant; every use of it is refused.")
                .with("deleteAt", Kind.INSTANT)
                .add();
        key("deletion-cancelled", "A key will not be destroyed; it is disabled or as it was.")
                .add();
        key("expiry-near", "Imported material expires at the instant, as long from now as the notice says.")
                .with("expiresAt", Kind.INSTANT)
                .with("notice", Kind.TEXT)
                .add();
        key("deletion-near", "A key will be destroyed at the instant, as long from now as the notice says.")
                .with("deleteAt", Kind.INSTANT)
                .with("notice", Kind.TEXT)
                .add();
        key("destroyed", "A key was destroyed: what it encrypted cannot be read any more.")
                .add();
        alias("created", "An alias names a key.").with("keyId", Kind.ID).add();
        alias("repointed", "An alias names another key.").with("keyId", Kind.ID).add();
        alias("deleted", "An alias names no key any more.").add();
    }

    private PublicEvents() {}

    /** What is public of events of a name and revision; empty if nothing is. */
    public static Optional<Form> of(String type, String revision) {
        return Optional.ofNullable(FORMS.get(name(type, revision)));
    }

    /** All forms, those of keys first. */
    public static Collection<Form> all() {
        return Collections.unmodifiableCollection(FORMS.values());
    }

    /** Whether there is an event of this name. */
    public static boolean isType(String type) {
        return FORMS.values().stream().anyMatch(form -> form.type().equals(type));
    }

    private static String name(String type, String revision) {
        return type + "/" + revision;
    }

    private static Maker key(String what, String words) {
        return new Maker("keyledger.key." + what, words)
                .with("at", Kind.INSTANT)
                .with("keyId", Kind.ID);
    }

    private static Maker alias(String what, String words) {
        return new Maker("keyledger.alias." + what, words)
                .with("at", Kind.INSTANT)
                .with("name", Kind.TEXT);
    }

    /** A form in the making, at revision 1. */
    private static final class Maker {

        private final String type;
        private final String words;
        private final Map<String, Kind> members = new LinkedHashMap<>();

        Maker(String type, String words) {
            this.type = type;
            this.words = words;
        }

        Maker with(String member, Kind kind) {
            members.put(member, kind);
            return this;
        }

        void add() {
            String revision = "1";
            Form form = new Form(type, revision, words, Collections.unmodifiableMap(members));
            if (FORMS.put(name(type, revision), form) != null) {
                throw new IllegalStateException("named twice: " + type);
            }
        }
    }
}
