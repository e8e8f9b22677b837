package dev.keyledger.importing;

import java.util.UUID;

/**
 * Identity of one import token and its wrapping key pair. Not secret: it appears in events and audit records.
 *
 * @param value random UUID
 */
public record ImportTokenId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
