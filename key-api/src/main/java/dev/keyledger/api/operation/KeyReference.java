package dev.keyledger.api.operation;

/**
 * A key as the caller named it, not looked up yet.
 *
 * @param kind what the text is
 * @param text a key id (perhaps of a form no key of this store has), an alias name, or an ARN of another account or region
 */
public record KeyReference(Kind kind, String text) {

    /** What a reference says about itself. */
    public enum Kind {
        KEY,
        ALIAS,
        /** The ARN of a key that cannot be here. */
        FOREIGN_KEY,
        /** The ARN of an alias that cannot be here. */
        FOREIGN_ALIAS
    }
}
