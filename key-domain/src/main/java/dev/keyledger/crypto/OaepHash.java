package dev.keyledger.crypto;

import dev.keyledger.importing.WrappingAlgorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** The hashes of an OAEP padding: of label and length, and of the mask generation function MGF1 (RFC 8017 §B.2.1). */
enum OaepHash {
    /** SHA-1 for both hash and MGF1. */
    SHA_1("SHA-1", "SHA-1", 20),
    /** SHA-256 for both hash and MGF1. */
    SHA_256("SHA-256", "SHA-256", 32),
    /** SHA-256 with MGF1-SHA-1: never accepted, only recognised to tell the client what went wrong. */
    SHA_256_WITH_MGF1_SHA_1("SHA-256", "SHA-1", 32);

    private final String digest;
    private final String mgf1Digest;
    private final int digestBytes;

    OaepHash(String digest, String mgf1Digest, int digestBytes) {
        this.digest = digest;
        this.mgf1Digest = mgf1Digest;
        this.digestBytes = digestBytes;
    }

    /** The hash an algorithm names; empty if it is not OAEP. */
    static Optional<OaepHash> of(WrappingAlgorithm algorithm) {
        return switch (algorithm) {
            case RSAES_PKCS1_V1_5 -> Optional.empty();
            case RSAES_OAEP_SHA_1 -> Optional.of(SHA_1);
            case RSAES_OAEP_SHA_256 -> Optional.of(SHA_256);
        };
    }

    /**
     * For the JDK's cipher, always explicit: the one called "OAEPWithSHA-256AndMGF1Padding" uses MGF1 with SHA-1 when none are given, and nobody
     * else does.
     */
    OAEPParameterSpec parameters() {
        return new OAEPParameterSpec(digest, "MGF1", new MGF1ParameterSpec(mgf1Digest), PSource.PSpecified.DEFAULT);
    }

    /** Hash of the label that nobody gives. */
    byte[] ofEmptyLabel() {
        return Jca.digest(digest).digest();
    }

    /** Takes the mask that MGF1 makes of {@code [seedFrom, seedTo)} off {@code [from, to)} of the same block. */
    void unmask(byte[] block, int seedFrom, int seedTo, int from, int to) {
        MessageDigest hash = Jca.digest(mgf1Digest);
        int at = from;
        for (int counter = 0; at < to; counter++) {
            hash.update(block, seedFrom, seedTo - seedFrom);
            hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(counter).array());
            byte[] mask = hash.digest();
            for (int i = 0; i < mask.length && at < to; i++, at++) {
                block[at] ^= mask[i];
            }
            Arrays.fill(mask, (byte) 0);
        }
    }

    String digest() {
        return digest;
    }

    int digestBytes() {
        return digestBytes;
    }
}
