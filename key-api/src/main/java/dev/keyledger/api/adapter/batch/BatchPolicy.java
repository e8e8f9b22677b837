package dev.keyledger.api.adapter.batch;

import java.time.Duration;

/**
 * How work is put together.
 *
 * @param maxBatch most pieces of one batch
 * @param maxWaiting most pieces that wait; more are refused at once
 * @param maxInFlight most batches at a time
 * @param slowFrom if not one of the last batches took less than this, a slow disk or network is under them, and then a second one beside the
 *     one that runs is a gain
 * @param stalledFrom behind a batch that runs longer than this nobody waits: its connection may be dead
 * @param secondFromWhenSlow pieces that must wait before a further batch starts beside a slow one
 * @param secondFromWhenFast the same beside a fast one, where waiting for the batch that runs makes the next one larger and cheaper
 */
public record BatchPolicy(
        int maxBatch,
        int maxWaiting,
        int maxInFlight,
        Duration slowFrom,
        Duration stalledFrom,
        int secondFromWhenSlow,
        int secondFromWhenFast) {

    /** What measurements favour; see docs/performance.md. */
    public static final BatchPolicy DEFAULT =
            new BatchPolicy(256, 4096, 2, Duration.ofMillis(1), Duration.ofMillis(20), 8, 64);
}
