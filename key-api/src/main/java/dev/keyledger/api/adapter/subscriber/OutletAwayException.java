package dev.keyledger.api.adapter.subscriber;

/** What is behind an outlet is away: whatever it is given waits. Its message says what, for the log and for operators, and quotes no event. */
public final class OutletAwayException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With what is to be told. */
    public OutletAwayException(String what) {
        super(what);
    }

    /** What is to be told. */
    public String what() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
