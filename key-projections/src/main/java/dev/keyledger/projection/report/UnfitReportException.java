package dev.keyledger.projection.report;

/** A report cannot be followed; the message says why, without a full stop, for a sentence to operators. */
public final class UnfitReportException extends RuntimeException {

    UnfitReportException(String message) {
        super(message);
    }
}
