package dev.keyledger.evidence.note;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.List;

/** Signs notes with one key. Where the private half comes from and how it is kept is the caller's business. Thread-safe. */
public final class NoteSigner {

    /** No checkpoint, so its signature could vouch for nothing if it ever got out. */
    private static final String TRIAL = "do the halves belong together?\n";

    private final VerifierKey key;
    private final PrivateKey privateKey;

    /**
     * @param key name and public half
     * @param privateKey private half, an Ed25519 key
     * @throws IllegalArgumentException if the halves do not belong together
     */
    public NoteSigner(VerifierKey key, PrivateKey privateKey) {
        this.key = key;
        this.privateKey = privateKey;
        if (!key.verifies(TRIAL, signature(TRIAL))) {
            throw new IllegalArgumentException("the private key does not belong to the verifier key of " + key.name());
        }
    }

    /** What readers need to know. */
    public VerifierKey verifierKey() {
        return key;
    }

    /**
     * Signs a text.
     *
     * @throws IllegalArgumentException if it does not end with a line feed or has other control characters
     */
    public SignedNote sign(String text) {
        return new SignedNote(text, List.of(new NoteSignature(key.name(), key.id(), signature(text))));
    }

    private byte[] signature(String text) {
        return Ed25519.sign(privateKey, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "NoteSigner[" + key + "]";
    }
}
