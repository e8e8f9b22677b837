package dev.keyledger.api.adapter.ledger;

import java.util.List;

/** The right to change some aggregates on this node, alone. Closing it lets the next one in; closing it again does nothing. */
public final class StreamTurn implements AutoCloseable {

    private final List<String> streams;
    private final Runnable release;
    private boolean closed;

    StreamTurn(List<String> streams, Runnable release) {
        this.streams = streams;
        this.release = release;
    }

    /** Identifiers of the aggregates, in the order in which all take their turns. */
    List<String> streams() {
        return streams;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
