package dev.keyledger.api.adapter.webhook;

import java.util.Locale;

/** How an attempt to send a message ended. The lower-case name, with dashes, is what the delivery log and the metrics say. */
public enum DeliveryOutcome {
    /** The receiver answered 2xx. */
    DELIVERED,
    /** It answered anything else that is no reason of its own. */
    HTTP_ERROR,
    /** It answered 3xx; where to was not looked at. */
    REDIRECT,
    /** It answered 410: it wants nothing more. */
    GONE,
    /** It took longer than it may. */
    TIMEOUT,
    /** There was no connection, or it broke. */
    UNREACHABLE,
    /** There was no connection that TLS vouches for. */
    TLS,
    /** Its name has no address. */
    UNKNOWN_NAME,
    /** Its address or port is none that messages may be sent to. */
    FORBIDDEN_ADDRESS,
    /** The node itself could not send it. */
    FAILED;

    /** As it is told. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
