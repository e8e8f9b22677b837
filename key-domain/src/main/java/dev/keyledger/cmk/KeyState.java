package dev.keyledger.cmk;

/** State of a living key, in the protocol's spelling (API reference 2016-01-20, "KeyMetadata"). A destroyed key has no state: it is gone. */
public enum KeyState {
    /** No material: never imported, deleted or expired. */
    PENDING_IMPORT("PendingImport"),
    ENABLED("Enabled"),
    DISABLED("Disabled"),
    /** The pending window runs; until the destroyed event commits the deletion can be cancelled. */
    PENDING_DELETION("PendingDeletion");

    private final String wireName;

    KeyState(String wireName) {
        this.wireName = wireName;
    }

    /** The state of this protocol name. */
    public static KeyState ofWireName(String wireName) {
        return WireNames.find(values(), wireName);
    }

    /** The protocol's spelling, which is also the stored one. */
    @Override
    public String toString() {
        return wireName;
    }
}
