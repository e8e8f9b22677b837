package dev.keyledger.api.adapter.webhook;

import java.net.UnknownHostException;

/** A name leads to where nothing is sent. To the HTTP client it is a name without addresses; its text says no address. */
final class ForbiddenAddressException extends UnknownHostException {

    ForbiddenAddressException() {
        super("an address that messages are not sent to");
    }
}
