package dev.keyledger.api.adapter.transparency;

import java.util.OptionalLong;

/**
 * The store no longer holds the log that was signed: something was changed, dropped or put back from an older state. Whoever signs stops for
 * good. The message says where, and nothing that a record holds.
 */
public final class BrokenLogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final long UNKNOWN = -1;

    private final long firstBad;

    /** Without a place: something else than a record is wrong, or nobody can tell which. */
    public BrokenLogException(String message) {
        super(message);
        this.firstBad = UNKNOWN;
    }

    BrokenLogException(String message, Throwable cause) {
        super(message, cause);
        this.firstBad = UNKNOWN;
    }

    /**
     * Names a place.
     *
     * @param firstBad place in the log of the first record that is not as it was; all before it are
     */
    public BrokenLogException(long firstBad, String message) {
        super(message);
        this.firstBad = firstBad;
    }

    /** Place in the log of the first record that is not as it was signed, if that is known. */
    public OptionalLong firstBad() {
        return firstBad == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(firstBad);
    }
}
