package dev.keyledger.bench.bare;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Group commit without any decision: what waits is committed as soon as a connection is free, up to 256 records a commit. Further connections
 * join in only when enough waits for them. Thread-safe.
 */
public final class RowBatches {

    private static final int MAX_ROWS = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private final int threshold;
    private int inFlight;

    private static final class Waiting {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile @Nullable SQLException failure;
    }

    /**
     * Starts the committing threads.
     *
     * @param maxInFlight how many transactions may run at a time
     * @param threshold how many records must wait before a second transaction starts beside another
     */
    public RowBatches(DataSource connections, int maxInFlight, int threshold) {
        this.threshold = threshold;
        for (int i = 0; i < maxInFlight; i++) {
            Thread thread = new Thread(() -> commitAll(connections), "commit-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Returns when a record and a nonce of the caller's are durable. */
    public void commitOne() throws IOException {
        Waiting waiting = new Waiting();
        lock.lock();
        try {
            queue.add(waiting);
            arrived.signal();
        } finally {
            lock.unlock();
        }
        try {
            waiting.done.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the commit", stopped);
        }
        SQLException failure = waiting.failure;
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    private void commitAll(DataSource connections) {
        JournalRows rows = new JournalRows();
        List<Waiting> batch = new ArrayList<>(MAX_ROWS);
        try {
            while (true) {
                take(batch);
                SQLException failure = null;
                try (Connection connection = connections.getConnection()) {
                    rows.commit(connection, batch.size());
                } catch (SQLException failed) {
                    failure = failed;
                }
                finished();
                for (Waiting each : batch) {
                    each.failure = failure;
                    each.done.countDown();
                }
                batch.clear();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(List<Waiting> batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.size() < (inFlight == 0 ? 1 : threshold)) {
                arrived.await();
            }
            inFlight++;
            while (batch.size() < MAX_ROWS && !queue.isEmpty()) {
                batch.add(queue.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    private void finished() {
        lock.lock();
        try {
            inFlight--;
            if (!queue.isEmpty()) {
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
