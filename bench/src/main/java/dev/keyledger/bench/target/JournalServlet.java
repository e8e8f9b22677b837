package dev.keyledger.bench.target;

import dev.keyledger.bench.bare.RowBatches;
import java.io.IOException;

/**
 * Waits for the commit of one audit record and one nonce, written together with those of the other requests that wait: the least that a
 * service with a durable record of each request can do. It checks no signature and no state and encrypts nothing.
 */
final class JournalServlet extends SizedAnswer {

    private static final long serialVersionUID = 1L;

    private final transient RowBatches batches;

    JournalServlet(RowBatches batches) {
        this.batches = batches;
    }

    @Override
    void work() throws IOException {
        batches.commitOne();
    }
}
