package dev.keyledger.crypto;

import dev.keyledger.importing.WrappingAlgorithm;
import java.security.spec.MGF1ParameterSpec;
import java.util.Optional;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * The hash of an OAEP padding, always with explicit parameters: the JDK's cipher called "OAEPWithSHA-256AndMGF1Padding" uses MGF1 with SHA-1
 * when none are given, and nobody else does.
 */
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

    OAEPParameterSpec parameters() {
        return new OAEPParameterSpec(digest, "MGF1", new MGF1ParameterSpec(mgf1Digest), PSource.PSpecified.DEFAULT);
    }

    String digest() {
        return digest;
    }

    int digestBytes() {
        return digestBytes;
    }
}
