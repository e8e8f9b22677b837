package dev.keyledger.model;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something done to one key, said so that every world can do it: in terms of the script, without identifiers of a world. */
public sealed interface Act {

    record Enable() implements Act {}

    record Disable() implements Act {}

    record Describe(String description) implements Act {}

    record Tag(Set<String> names) implements Act {}

    record Untag(Set<String> names) implements Act {}

    record Protect(boolean on, String why) implements Act {}

    record IssueParameters() implements Act {}

    /**
     * An import.
     *
     * @param token which of the key's tokens, counted from 1 as issued; one that was not issued is a token of another key
     * @param expiresIn from the second the import happens in; null for never
     */
    record Import(int token, Brought brought, @Nullable Duration expiresIn) implements Act {}

    record DeleteMaterial() implements Act {}

    record Schedule(int days) implements Act {}

    record Cancel() implements Act {}

    /** The nudge that is sent when an expiry may be due. */
    record Expire() implements Act {}

    /**
     * The nudge that is sent when a pending window may be over.
     *
     * @param held whether a hold forbids all destruction meanwhile
     */
    record Destroy(boolean held) implements Act {}

    /** The nudge that is sent when a notice of an expiry, or else of a destruction, may be due. */
    record Notice(boolean ofExpiry) implements Act {}

    /** Encrypts. */
    record Use() implements Act {}

    /** What an import brings. */
    enum Brought {
        /** The material of the key's owner. */
        OWN,
        /** Well wrapped, but other material. */
        OTHER,
        /** What no wrapping leads to. */
        GARBLED
    }
}
