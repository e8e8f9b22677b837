package dev.keyledger.extension.event;

/**
 * Says that nothing is wrong with the event, but that it cannot be taken at present: what the handler needs for it is away. The handler is told
 * nothing more until it takes this very event; it is asked again after pauses that grow from a second to half a minute, for as long as it takes.
 */
public class NotNowException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Says so. */
    public NotNowException() {}

    /**
     * Says so.
     *
     * @param cause its type is logged, its message is not
     */
    public NotNowException(Throwable cause) {
        super(cause);
    }
}
