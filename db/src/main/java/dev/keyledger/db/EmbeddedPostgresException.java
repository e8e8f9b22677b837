package dev.keyledger.db;

/** The embedded PostgreSQL cannot start; the message is one sentence for the operator that says what to do. */
public final class EmbeddedPostgresException extends RuntimeException {

    public EmbeddedPostgresException(String sentence) {
        super(sentence);
    }

    public EmbeddedPostgresException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
