package dev.keyledger.api.rest;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The body of an answer that is made while it is sent. Whatever it throws breaks the connection, so that nobody takes the part for the
 * whole.
 */
@FunctionalInterface
public interface StreamedBody {

    /** Writes everything; called once, when the request's record is durable. */
    void writeTo(OutputStream out) throws IOException;
}
