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
     * Counts a failure in advance, then decrypts. The result may be a substitute; only the key's own decision tells.
     *
     * @param encrypted ciphertext as decoded from Base64, any length
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_IMPORT_TOKEN} if the token's row is gone or its failures are used up
     */
    UnwrappedMaterial unwrap(OpenedImportToken token, byte[] encrypted);

    /** Gives a counted failure back; joins the caller's transaction, so that it holds exactly if the import does. */
    void giveBack(ImportTokenId tokenId);

    /** Whether the token has no failure left: its exhaustion is then a fact to be recorded. Read in the caller's transaction. */
    boolean exhausted(ImportTokenId tokenId);
}
