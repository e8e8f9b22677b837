package dev.keyledger.api.startup;

/** A store is not there, does not answer or does not let us in; the message is one sentence for the operator. */
public final class StoreOutOfReach extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreOutOfReach(String sentence) {
        super(sentence);
    }

    public StoreOutOfReach(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
