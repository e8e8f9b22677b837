package dev.keyledger.projection.replay;

import dev.keyledger.projection.replay.ReplayProgress.Step;
import dev.keyledger.projection.replay.ReplayedEvent.Chunk;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Brings the shadow up to a place. One thread reads events and asks the handlers, the other sends what they gave; a transaction a chunk, with the
 * position in it. Few chunks are on the way at any moment, however many there are.
 */
final class Rebuild {

    private static final int CHUNKS_ON_THE_WAY = 3;

    private final Connection reading;
    private final Connection writing;
    private final EventReader reader;
    private final Shadow shadow;
    private final Map<String, ParkedStream> parked;
    private final ReplayProgress progress;
    private final int together;
    private long position;
    private long events;

    /**
     * A rebuild that begins where an earlier one stopped.
     *
     * @param reading connection that commits by itself
     * @param writing connection whose handlers write into the shadow; does not commit by itself
     * @param parked what is parked so far
     * @param from how far the shadow is
     * @param together most events in a transaction
     */
    Rebuild(
            Connection reading,
            Connection writing,
            EventReader reader,
            Shadow shadow,
            Map<String, ParkedStream> parked,
            Shadow.Progress from,
            ReplayProgress progress,
            int together) {
        this.reading = reading;
        this.writing = writing;
        this.reader = reader;
        this.shadow = shadow;
        this.parked = parked;
        this.progress = progress;
        this.together = together;
        this.position = from.position();
        this.events = from.events();
    }

    /** Place up to which every event was replayed. */
    long position() {
        return position;
    }

    /** How many those were. */
    long events() {
        return events;
    }

    /** Replays what there is now; what comes meanwhile is for the next time. */
    void catchUp() throws SQLException {
        long target = EventHorizon.await(reading);
        if (target - position <= together) {
            // Little is read by the caller himself; a thread would take longer.
            while (position < target) {
                write(reader.read(reading, position, target, together));
            }
            return;
        }
        BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(CHUNKS_ON_THE_WAY);
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "replay-reader");
            made.setDaemon(true);
            return made;
        });
        try {
            long from = position;
            Future<?> reads = thread.submit(() -> {
                for (long at = from; at < target; ) {
                    Chunk chunk = reader.read(reading, at, target, together);
                    chunks.put(chunk);
                    at = chunk.upTo();
                }
                return null;
            });
            progress.at(Step.REBUILD, position, target);
            while (position < target) {
                write(next(chunks, reads));
                progress.at(Step.REBUILD, position, target);
            }
            reads.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ReplayException("The replay was interrupted.", interrupted);
        } catch (ExecutionException failed) {
            throw unwrapped(failed);
        } finally {
            thread.shutdownNow();
        }
    }

    private static Chunk next(BlockingQueue<Chunk> chunks, Future<?> reads)
            throws InterruptedException, ExecutionException {
        while (true) {
            Chunk chunk = chunks.poll(100, TimeUnit.MILLISECONDS);
            if (chunk != null) {
                return chunk;
            }
            if (reads.isDone() && chunks.isEmpty()) {
                reads.get();
                throw new IllegalStateException("the reader ended before its last event");
            }
        }
    }

    private static RuntimeException unwrapped(ExecutionException failed) throws SQLException {
        if (failed.getCause() instanceof SQLException sql) {
            throw sql;
        }
        return failed.getCause() instanceof RuntimeException runtime ? runtime : new IllegalStateException(failed);
    }

    private void write(Chunk chunk) throws SQLException {
        boolean done = false;
        try {
            new ShadowWriter(writing).write(chunk.events(), parked, this::park);
            shadow.advance(chunk.upTo(), chunk.events().size());
            writing.commit();
            done = true;
        } finally {
            if (!done) {
                writing.rollback();
            }
        }
        position = chunk.upTo();
        events += chunk.events().size();
    }

    private void park(ParkedStream stream) {
        try {
            shadow.park(stream);
        } catch (SQLException failed) {
            throw new ReplayException("What is parked cannot be noted.", failed);
        }
    }
}
