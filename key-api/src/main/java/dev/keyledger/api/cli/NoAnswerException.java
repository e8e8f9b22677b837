package dev.keyledger.api.cli;

/** No server was reached, or its answer did not come or could not be read. */
final class NoAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
