package dev.keyledger.cmk;

/** What a key is for (CreateKey, {@code KeyUsage}). */
public enum KeyUsage {
    ENCRYPT_DECRYPT("ENCRYPT/DECRYPT");

    private final String wireName;

    KeyUsage(String wireName) {
        this.wireName = wireName;
    }

    /** The constant of this protocol name. */
    public static KeyUsage ofWireName(String wireName) {
        return WireNames.find(values(), wireName);
    }

    /** The protocol's spelling, which is also the stored one. */
    @Override
    public String toString() {
        return wireName;
    }
}
