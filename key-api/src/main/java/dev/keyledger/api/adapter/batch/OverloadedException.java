package dev.keyledger.api.adapter.batch;

/** More work waits than can be done before its callers give up; nothing of this piece was begun, and nothing will be. */
public final class OverloadedException extends RuntimeException {

    OverloadedException(String message) {
        // It says no to a flood: a stack trace for each would make it worse.
        super(message, null, false, false);
    }
}
