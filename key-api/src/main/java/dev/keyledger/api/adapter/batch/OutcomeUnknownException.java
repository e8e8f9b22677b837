package dev.keyledger.api.adapter.batch;

/** The work was begun and did not end in time: whether it is done, its caller cannot know. */
public final class OutcomeUnknownException extends RuntimeException {

    /** One is like another. */
    public OutcomeUnknownException() {
        super("not done by the deadline", null, false, false);
    }
}
