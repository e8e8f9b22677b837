package dev.keyledger.projection.replay;

/** The replay cannot go on; the message is a sentence for the operator. What was replayed so far is kept unless the sentence says otherwise. */
public final class ReplayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ReplayException(String sentence) {
        super(sentence);
    }

    public ReplayException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
