package dev.keyledger.importing;

/** Kind of the one-time wrapping key (GetParametersForImport, {@code WrappingKeySpec}). */
public enum WrappingKeySpec {
    RSA_2048
}
