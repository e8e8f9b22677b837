package dev.keyledger.api.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** The same work in many threads at once. */
final class Threads {

    private static final int LIMIT_MINUTES = 5;

    private Threads() {}

    /** Runs the work in so many threads, each with its number, and returns when all are done; fails as the first of them failed. */
    static void run(int count, IntConsumer work) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(threads.submit(() -> work.accept(number)));
            }
            for (Future<?> each : all) {
                each.get(LIMIT_MINUTES, TimeUnit.MINUTES);
            }
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } catch (TimeoutException stuck) {
            throw new AssertionError("threads do not end", stuck);
        } finally {
            threads.shutdownNow();
        }
    }
}
