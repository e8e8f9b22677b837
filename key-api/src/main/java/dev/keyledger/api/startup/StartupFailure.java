package dev.keyledger.api.startup;

/** Keyledger cannot start; the message is one sentence for the operator that says what is wrong and what to do. */
public final class StartupFailure extends RuntimeException {

    public StartupFailure(String sentence) {
        super(sentence);
    }

    public StartupFailure(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
