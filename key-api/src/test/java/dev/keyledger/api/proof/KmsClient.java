package dev.keyledger.api.proof;

import java.util.Map;

/** A client of the API under its operations' own names, whatever library does the work. */
interface KmsClient extends AutoCloseable {

    /**
     * Calls an operation.
     *
     * @param action name of the operation
     * @param parameters business parameters as the protocol writes them
     */
    Answer call(String action, Map<String, String> parameters);

    /** Name and version of the library, for the names of tests. */
    String library();

    /** Whether this generation of the library knows the operation. */
    default boolean offers(String action) {
        return true;
    }

    @Override
    default void close() {}
}
