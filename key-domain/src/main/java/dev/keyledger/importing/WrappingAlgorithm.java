package dev.keyledger.importing;

/** How a client wraps its material, in the protocol's spelling (GetParametersForImport, {@code WrappingAlgorithm}). */
public enum WrappingAlgorithm {
    /** PKCS#1 v1.5 block type 2 (RFC 8017 §7.2). */
    RSAES_PKCS1_V1_5,
    /** OAEP with SHA-1 and MGF1-SHA-1, empty label (RFC 8017 §7.1). */
    RSAES_OAEP_SHA_1,
    /** OAEP with SHA-256 and MGF1-SHA-256, empty label (RFC 8017 §7.1). */
    RSAES_OAEP_SHA_256
}
