package dev.keyledger.cmk;

/** Kind of a key (CreateKey, {@code KeySpec}). */
public enum KeySpec {
    /** 256-bit symmetric material. */
    ALIYUN_AES_256("Aliyun_AES_256");

    private final String wireName;

    KeySpec(String wireName) {
        this.wireName = wireName;
    }

    /** The constant of this protocol name. */
    public static KeySpec ofWireName(String wireName) {
        return WireNames.find(values(), wireName);
    }

    /** The protocol's spelling, which is also the stored one. */
    @Override
    public String toString() {
        return wireName;
    }
}
