package dev.keyledger.importing;

/** Opens import tokens and what was wrapped for them. Thread-safe. Its writes are transactions of their own: a failure must count even if the import is refused. */
public interface ImportTokens {

    /** How many failed imports a token survives (R-A13: padding oracles need thousands). */
    int FAILURE_BUDGET = 16;

    /**
     * Opens the sealed token.
     *
     * @param importToken Base64 as the client sent it
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_IMPORT_TOKEN} if it is malformed, forged or unknown; {@code EXPIRED_IMPORT_TOKEN} if
     *     its time or its sealing key's time is over
     */
    OpenedImportToken open(String importToken);

    /**
     * Counts a failure in advance, then decrypts. The result may be a substitute; only the key's own decision tells. Either {@link #succeeded}
     * or {@link #failed} must follow.
     *
     * @param encrypted ciphertext as decoded from Base64, any length
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_IMPORT_TOKEN} if the token's row is gone or its failures are used up; {@code
     *     THROTTLING} if only imports in progress elsewhere hold what is left of them
     */
    UnwrappedMaterial unwrap(OpenedImportToken token, byte[] encrypted);

    /** Gives the counted failure back; joins the caller's transaction, so that it holds exactly if the import does. */
    void succeeded(ImportTokenId tokenId);

    /**
     * Leaves the failure counted.
     *
     * @return whether the token has no failure left, those of imports in progress apart: its exhaustion is then a fact to be recorded
     */
    boolean failed(ImportTokenId tokenId);
}
