package dev.keyledger.api.adapter.ledger;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Who may change which aggregate now: one at a time on this node, first come, first served. Those who wait hold nothing that others need, no
 * connection above all; so many wait and so long, and the rest are refused. Between nodes the stream's sequence number decides. Thread-safe.
 */
final class StreamTurns {

    /** How many may wait for one aggregate. */
    static final int MOST_WAITING = 64;

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();

    private static final class Lane {

        private final Semaphore free = new Semaphore(1, true);

        /** Who has the turn and who waits for it; changed under the map's lock of the entry. */
        private int users;
    }

    /**
     * Waits for the turn of all these aggregates.
     *
     * @throws Refusal {@code THROTTLING} if too many wait already or the turn does not come in time
     */
    StreamTurn take(Collection<String> streams, long patienceNanos) {
        long deadline = System.nanoTime() + patienceNanos;
        // Everybody takes them in the same order, so that two cannot wait for each other.
        List<String> inOrder = streams.stream().distinct().sorted().toList();
        List<String> taken = new ArrayList<>(inOrder.size());
        try {
            for (String stream : inOrder) {
                take(stream, deadline);
                taken.add(stream);
            }
        } catch (RuntimeException refused) {
            release(taken);
            throw refused;
        }
        return new StreamTurn(inOrder, () -> release(inOrder));
    }

    private void take(String stream, long deadline) {
        Lane lane = lanes.compute(stream, (name, present) -> {
            Lane entered = present == null ? new Lane() : present;
            if (entered.users > MOST_WAITING) {
                throw Refusal.of(ErrorCode.THROTTLING).because("too many changes wait for " + name);
            }
            entered.users++;
            return entered;
        });
        boolean mine = false;
        try {
            mine = lane.free.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("interrupted while waiting for its turn");
        } finally {
            if (!mine) {
                leave(stream);
            }
        }
        if (!mine) {
            throw Refusal.of(ErrorCode.THROTTLING).because("the turn of " + stream + " did not come in time");
        }
    }

    private void release(List<String> streams) {
        for (String stream : streams) {
            Lane lane = lanes.get(stream);
            if (lane != null) {
                lane.free.release();
            }
            leave(stream);
        }
    }

    private void leave(String stream) {
        var unused = lanes.computeIfPresent(stream, (name, lane) -> --lane.users == 0 ? null : lane);
    }

    /** How many wait for an aggregate that somebody changes. */
    int waitingFor(String stream) {
        Lane lane = lanes.get(stream);
        return lane == null ? 0 : lane.free.getQueueLength();
    }

    /** Aggregates that somebody changes or waits for. */
    int busy() {
        return lanes.size();
    }
}
