package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.protocol.Parameters;

/** {@code KeySpec} and {@code NumberOfBytes} of the data key operations. The number wins; neither means 32 bytes. */
final class DataKeyLength {

    private static final int DEFAULT_BYTES = 32;
    private static final int MAX_BYTES = 1024;

    private enum Spec {
        AES_256(32),
        AES_128(16);

        private final int bytes;

        Spec(int bytes) {
            this.bytes = bytes;
        }
    }

    private DataKeyLength() {}

    /** The length in bytes. */
    static int read(Parameters parameters) {
        int bySpec = parameters
                .optionalOneOf("KeySpec", Spec.class)
                .map(spec -> spec.bytes)
                .orElse(DEFAULT_BYTES);
        return parameters.intOr("NumberOfBytes", bySpec, 1, MAX_BYTES);
    }
}
