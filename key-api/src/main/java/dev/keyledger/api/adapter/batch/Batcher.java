package dev.keyledger.api.adapter.batch;

import dev.keyledger.api.deadline.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Does pieces of work of many callers in batches. A piece that finds nothing running is done at once, on its caller's own thread; what comes
 * meanwhile waits and is the next batch, as soon as there is room for one. Nobody waits for company.
 *
 * <p>Who waits longer than its deadline is told so: if its piece had not begun, it is taken out and never will be; if it had, its outcome is
 * unknown to the caller. When a batch fails, its pieces are done one by one if the fault may be of one of them alone; otherwise all fail.
 *
 * @param <E> a piece of work
 * @param <R> its result
 */
public final class Batcher<E, R> implements AutoCloseable {

    /** Weight of the newest batch in the running mean of durations. */
    private static final double NEWEST = 0.1;

    private static final long SHORTEST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(1);

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Work<E, R> work;
    private final BatchPolicy policy;
    private final Function<E, @Nullable Object> exclusive;
    private final BatchObserver observer;
    private final ExecutorService followers;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rest = lock.newCondition();
    private final Deque<Piece<E, R>> waiting = new ArrayDeque<>();
    private int inFlight;
    private boolean closed;
    private double meanNanos;
    private long lastBegun;
    private final ShortestOfLate shortest = new ShortestOfLate();

    /** What is done with a batch. */
    public interface Work<E, R> {

        /**
         * Does all pieces or none of them.
         *
         * @return one result for each, in order
         */
        List<R> perform(List<E> batch);

        /** Whether the failure may be the fault of a single piece, and it is certain that nothing was done. */
        boolean mayBeOfOnePiece(RuntimeException failure);
    }

    private static final class Piece<E, R> {

        final E work;
        final long since = System.nanoTime();
        final CompletableFuture<R> done = new CompletableFuture<>();

        Piece(E work) {
            this.work = work;
        }
    }

    /**
     * @param name of the threads
     * @param exclusive pieces for which this gives equal values never share a batch; null for a piece that goes with any
     */
    public Batcher(
            String name,
            Work<E, R> work,
            BatchPolicy policy,
            Function<E, @Nullable Object> exclusive,
            BatchObserver observer) {
        this.work = work;
        this.policy = policy;
        this.exclusive = exclusive;
        this.observer = observer;
        this.followers = Executors.newFixedThreadPool(policy.maxInFlight() + 1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Does a piece of work, in whatever company.
     *
     * @throws OverloadedException if it would not be done in time; it was not begun
     * @throws OutcomeUnknownException if it is not done by the deadline though it was begun
     */
    public R perform(E piece, Deadline deadline) {
        Piece<E, R> mine = new Piece<>(piece);
        List<Piece<E, R>> batch = enqueue(mine, deadline);
        long patience = Math.max(policy.stalledFrom().toNanos(), SHORTEST_PATIENCE);
        while (true) {
            if (batch != null) {
                run(batch);
            }
            if (deadline.nanosLeft() <= patience || isDoneWithin(patience, mine)) {
                return await(mine, deadline);
            }
            batch = besideAStalledOne();
            patience *= 2;
        }
    }

    private static <E, R> boolean isDoneWithin(long nanos, Piece<E, R> piece) {
        try {
            piece.done.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException failed) {
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            // Whoever waits next is interrupted at once, and knows what to do about it.
            return true;
        }
    }

    /** What waits behind a batch that has stalled, if there is room beside it: perhaps nobody else comes to begin it. */
    private @Nullable List<Piece<E, R>> besideAStalledOne() {
        lock.lock();
        try {
            if (waiting.isEmpty() || !mayStart()) {
                return null;
            }
            inFlight++;
            return take();
        } finally {
            lock.unlock();
        }
    }

    /** Adds the piece; if nothing runs, takes the batch with it for this very thread. */
    private @Nullable List<Piece<E, R>> enqueue(Piece<E, R> piece, Deadline deadline) {
        lock.lock();
        try {
            if (closed) {
                throw new OverloadedException("shutting down");
            }
            // With nothing in flight a piece starts at once, whatever the last batches took: this is how recovery is
            // noticed.
            if (waiting.size() >= policy.maxWaiting() || (inFlight > 0 && expectedNanos() > deadline.nanosLeft())) {
                throw new OverloadedException("too much waits");
            }
            waiting.add(piece);
            if (!mayStart()) {
                return null;
            }
            inFlight++;
            return take();
        } finally {
            lock.unlock();
        }
    }

    /** How long a piece that comes now will have waited when it is done. */
    private double expectedNanos() {
        int batchesBefore = waiting.size() / policy.maxBatch() + 1;
        return batchesBefore * meanNanos;
    }

    private boolean mayStart() {
        if (inFlight == 0) {
            return true;
        }
        int from = policy.secondFromWhenFast();
        if (System.nanoTime() - lastBegun > policy.stalledFrom().toNanos()) {
            // Perhaps its connection is dead, and nobody is to wait behind it until that is certain.
            from = 1;
        } else if (shortest.nanos() > policy.slowFrom().toNanos()) {
            from = policy.secondFromWhenSlow();
        }
        return inFlight < policy.maxInFlight() && waiting.size() >= from;
    }

    private List<Piece<E, R>> take() {
        lastBegun = System.nanoTime();
        List<Piece<E, R>> batch = new ArrayList<>(Math.min(waiting.size(), policy.maxBatch()));
        Set<Object> taken = new HashSet<>();
        Iterator<Piece<E, R>> next = waiting.iterator();
        while (next.hasNext() && batch.size() < policy.maxBatch()) {
            Piece<E, R> piece = next.next();
            Object alone = exclusive.apply(piece.work);
            if (alone == null || taken.add(alone)) {
                batch.add(piece);
                next.remove();
            }
        }
        return batch;
    }

    private @Nullable List<Piece<E, R>> nextOrRest() {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                inFlight--;
                rest.signalAll();
                return null;
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does a batch. The next one is begun, by another thread, before those who wait for this one are woken: waking them takes about as long
     * as a small batch, and what waits would wait for that too.
     */
    private void run(List<Piece<E, R>> batch) {
        List<Runnable> answers = perform(batch);
        try {
            List<Piece<E, R>> next = nextOrRest();
            if (next != null) {
                followers.execute(() -> run(next));
            }
        } finally {
            // Also when nothing new can be begun any more: what is done is told.
            answers.forEach(Runnable::run);
        }
    }

    /** Does the pieces; returns what is left to be done for each, which is to tell it what came of it. */
    private List<Runnable> perform(List<Piece<E, R>> batch) {
        List<Runnable> answers = new ArrayList<>(batch.size());
        long begun = System.nanoTime();
        try {
            List<E> pieces = new ArrayList<>(batch.size());
            for (Piece<E, R> piece : batch) {
                pieces.add(piece.work);
            }
            List<R> results = work.perform(pieces);
            for (int i = 0; i < batch.size(); i++) {
                Piece<E, R> piece = batch.get(i);
                R result = results.get(i);
                answers.add(() -> piece.done.complete(result));
            }
        } catch (RuntimeException failure) {
            answers.clear();
            if (batch.size() > 1 && work.mayBeOfOnePiece(failure)) {
                batch.forEach(piece -> perform(List.of(piece)).forEach(Runnable::run));
            } else {
                batch.forEach(piece -> answers.add(() -> piece.done.completeExceptionally(failure)));
            }
        } catch (Error failure) {
            // Thrown again where each piece is waited for; this thread may have more batches to do.
            answers.clear();
            batch.forEach(piece -> answers.add(() -> piece.done.completeExceptionally(failure)));
        } finally {
            finished(batch, System.nanoTime() - begun);
        }
        return answers;
    }

    private void finished(List<Piece<E, R>> batch, long nanos) {
        observer.performed(batch.size(), nanos);
        lock.lock();
        try {
            meanNanos += (nanos - meanNanos) * NEWEST;
            shortest.add(nanos);
        } finally {
            lock.unlock();
        }
    }

    private R await(Piece<E, R> piece, Deadline deadline) {
        try {
            return piece.done.get(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            throw asUnchecked(failed.getCause() == null ? failed : failed.getCause());
        } catch (TimeoutException late) {
            throw givenUp(piece);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw givenUp(piece);
        }
    }

    private RuntimeException givenUp(Piece<E, R> piece) {
        lock.lock();
        try {
            return waiting.remove(piece)
                    ? new OverloadedException(
                            "waited for " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - piece.since) + " ms")
                    : new OutcomeUnknownException();
        } finally {
            lock.unlock();
        }
    }

    private static RuntimeException asUnchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }

    /** Pieces that wait now. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more work; what was begun or waits is done. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            long nanos = CLOSING.toNanos();
            while (inFlight > 0 && nanos > 0) {
                nanos = rest.awaitNanos(nanos);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        followers.shutdown();
    }
}
