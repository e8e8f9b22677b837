package dev.keyledger.cmk;

/** Where a key's material is held (CreateKey, {@code ProtectionLevel}). */
public enum ProtectionLevel {
    SOFTWARE("SOFTWARE");

    private final String wireName;

    ProtectionLevel(String wireName) {
        this.wireName = wireName;
    }

    /** The constant of this protocol name. */
    public static ProtectionLevel ofWireName(String wireName) {
        return WireNames.find(values(), wireName);
    }

    /** The protocol's spelling, which is also the stored one. */
    @Override
    public String toString() {
        return wireName;
    }
}
