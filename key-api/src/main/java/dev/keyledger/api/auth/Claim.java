package dev.keyledger.api.auth;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.Refusal;
import java.util.Optional;

/**
 * What a request says about its sender, read and not yet checked.
 *
 * @param authMethod how it wants to prove it
 * @param accessKeyId as sent; empty if there is none
 * @param timestamp as sent; empty if there is none
 * @param nonce as sent; empty if there is none
 * @param proof the signature, if it is complete
 * @param flaw how to refuse it if it is not
 */
public record Claim(
        AuthMethod authMethod,
        String accessKeyId,
        String timestamp,
        String nonce,
        Optional<Proof> proof,
        Optional<Refusal> flaw) {

    /** A complete claim. */
    static Claim complete(AuthMethod authMethod, String accessKeyId, String timestamp, String nonce, Proof proof) {
        return new Claim(authMethod, accessKeyId, timestamp, nonce, Optional.of(proof), Optional.empty());
    }

    /** A claim that can only be refused. */
    static Claim flawed(AuthMethod authMethod, String accessKeyId, String timestamp, Refusal flaw) {
        return new Claim(authMethod, accessKeyId, timestamp, "", Optional.empty(), Optional.of(flaw));
    }

    /** A signature that can be checked. */
    interface Proof {

        /** Whether the request was signed with the secret; takes the same time whether or not it was. */
        boolean holds(SecretBytes secret);

        /** What this side signs; it may hold plaintext and goes to nobody but the sender. */
        String stringToSign();
    }

    @Override
    public String toString() {
        return "Claim[" + authMethod + " " + accessKeyId + "]";
    }
}
