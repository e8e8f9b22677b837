package dev.keyledger.api.adapter.ledger;

/** The digest by which an audit record covers an event, computed by the service's own function. */
public final class EventDigests {

    private EventDigests() {}

    /** SHA-256 over the parts of an event in the order of ADR 0007. */
    public static byte[] of(byte[]... parts) {
        return CoveredEvents.digest(parts);
    }
}
