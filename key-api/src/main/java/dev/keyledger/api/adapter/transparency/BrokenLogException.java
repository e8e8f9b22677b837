package dev.keyledger.api.adapter.transparency;

/**
 * The store no longer holds the log that was signed: something was changed, dropped or put back from an older state. Whoever signs stops for
 * good. The message says where, and nothing that a record holds.
 */
public final class BrokenLogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BrokenLogException(String message) {
        super(message);
    }

    BrokenLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
