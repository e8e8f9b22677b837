package dev.keyledger.material;

import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A keyed tag of key material, by which a key recognises the one material it is bound to. It reveals nothing about the material without
 * the key's binding secret, and is noise once that is destroyed. See ADR 0005.
 *
 * @param hex 64 lower-case hexadecimal characters: an HMAC-SHA-256
 */
public record MaterialTag(String hex) {

    public MaterialTag {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a material tag has 64 lower-case hexadecimal characters");
        }
    }

    public static MaterialTag of(byte[] mac) {
        return new MaterialTag(HexFormat.of().formatHex(mac));
    }

    /** Constant-time comparison. */
    public boolean sameAs(MaterialTag other) {
        return MessageDigest.isEqual(
                HexFormat.of().parseHex(hex), HexFormat.of().parseHex(other.hex));
    }
}
