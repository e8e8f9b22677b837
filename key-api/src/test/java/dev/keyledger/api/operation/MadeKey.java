package dev.keyledger.api.operation;

/**
 * A key that a test made.
 *
 * @param material what its owner brings, or would bring; empty if the service made it
 * @param blob a ciphertext of {@link Keys#HELLO}; empty if the key never had material
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
record MadeKey(String id, byte[] material, String blob) {}
