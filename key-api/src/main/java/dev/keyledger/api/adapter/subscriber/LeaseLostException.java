package dev.keyledger.api.adapter.subscriber;

/** Another node is the one now. */
final class LeaseLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;
}
