package dev.keyledger.importing;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;

/**
 * What came out of a client's wrapped material: 32 genuine bytes, or a pseudo-random substitute so that a failure costs the same work and
 * shows at the same place as wrong material (R-A13: no oracle). Closing wipes the bytes.
 *
 * @param bytes 32 bytes
 * @param genuine false for the substitute
 * @param refusal the code to refuse with if not genuine: {@code INVALID_KEY_MATERIAL} or its variant with the MGF1 hint
 * @param internalReason why it is not genuine, for the audit record; empty if genuine
 * @param weakness why genuine material looks weak; empty if it does not
 */
public record UnwrappedMaterial(
        SecretBytes bytes, boolean genuine, ErrorCode refusal, String internalReason, String weakness)
        implements AutoCloseable {

    @Override
    public void close() {
        bytes.close();
    }
}
