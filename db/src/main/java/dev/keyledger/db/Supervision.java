package dev.keyledger.db;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Keeps a server running: when it ends without having been stopped, it is started again. PostgreSQL mends most crashes by itself, but where it
 * cannot write its log it gives up, and a full disk would otherwise outlast the day on which it was full.
 */
final class Supervision implements AutoCloseable {

    /** What supervision does with a server. */
    interface Server {

        /** Clears away what a server that ended has left behind. */
        void clear() throws IOException;

        /** Starts the server; it need not answer yet. */
        ServerProcess start() throws IOException;

        /**
         * Returns when the server answers; false if it ended instead.
         *
         * @throws EmbeddedPostgresException with a sentence, if it runs and yet does not answer
         */
        boolean awaitReady(ServerProcess process) throws IOException;
    }

    /**
     * The end of one life of the server, or of an attempt to give it one.
     *
     * @param how what happened, for the operator
     * @param answered how long it answered before
     */
    private record Ending(String how, Duration answered) {

        Ending(String how) {
            this(how, Duration.ZERO);
        }
    }

    private final Server server;
    private final Backoff backoff;
    private final Consumer<String> report;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Thread watch = new Thread(this::watch, "embedded-postgres-watch");

    private final AtomicLong recoveries = new AtomicLong();

    private ServerProcess process;
    private boolean closed;

    private Supervision(Server server, ServerProcess process, Backoff backoff, Consumer<String> report) {
        this.server = server;
        this.process = process;
        this.backoff = backoff;
        this.report = report;
    }

    /**
     * Watches over a server that answers.
     *
     * @param report takes a line when the server ended, for each attempt, and when it answers again, on a thread of supervision's own
     */
    static Supervision of(Server server, ServerProcess process, Backoff backoff, Consumer<String> report) {
        Supervision supervision = new Supervision(server, process, backoff, report);
        supervision.watch.setDaemon(true);
        supervision.watch.start();
        return supervision;
    }

    /** The server that was started last. */
    synchronized ServerProcess process() {
        return process;
    }

    /** How often the server answered again after it had ended by itself. */
    long recoveries() {
        return recoveries.get();
    }

    private void watch() {
        try {
            Ending ending = untilItEnds(process(), true);
            while (pauseAfter(ending)) {
                ending = nextLife();
            }
        } catch (InterruptedException closing) {
            // Woken by close(), after which nothing is started.
        } finally {
            over.complete(null);
        }
    }

    private static Ending untilItEnds(ServerProcess process, boolean answers) throws InterruptedException {
        long begin = System.nanoTime();
        process.awaitEnd();
        Duration answered = answers ? Duration.ofNanos(System.nanoTime() - begin) : Duration.ZERO;
        return new Ending("The database server ended by itself (" + process.lastWords() + ")", answered);
    }

    /** Tells how the server ended and waits before the next attempt; false if there is to be none. */
    private boolean pauseAfter(Ending ending) throws InterruptedException {
        Duration pause = backoff.after(ending.answered);
        if (closed()) {
            return false;
        }
        report.accept(ending.how + "; next attempt to start it in " + pause.toMillis() / 1000.0 + " s.");
        long end = System.nanoTime() + pause.toNanos();
        synchronized (this) {
            for (long left = pause.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return !closed;
        }
    }

    private Ending nextLife() throws InterruptedException {
        try {
            server.clear();
            ServerProcess started = start();
            return untilItEnds(started, answers(started));
        } catch (IOException failed) {
            return new Ending("The database server cannot be started (" + PostgresBinaries.reason(failed) + ")");
        } catch (EmbeddedPostgresException refused) {
            return new Ending("The database server cannot be started: " + refused.getMessage());
        }
    }

    private synchronized ServerProcess start() throws IOException, InterruptedException {
        if (closed) {
            throw new InterruptedException("closed");
        }
        process = server.start();
        return process;
    }

    private boolean answers(ServerProcess started) {
        try {
            boolean ready = server.awaitReady(started);
            if (ready) {
                recoveries.incrementAndGet();
                report.accept("The database answers again.");
            }
            return ready;
        } catch (IOException unknown) {
            report.accept("Nobody can tell whether the database answers (" + PostgresBinaries.reason(unknown) + ").");
            return false;
        } catch (EmbeddedPostgresException running) {
            // It may still get ready, and if it ends instead, that is another reason to start it.
            if (!closed()) {
                report.accept(running.getMessage());
            }
            return false;
        }
    }

    private synchronized boolean closed() {
        return closed;
    }

    /** Ends supervision and stops the server, whether it runs, starts or is waited for. */
    @Override
    public void close() {
        ServerProcess last;
        synchronized (this) {
            closed = true;
            notifyAll();
            last = process;
        }
        watch.interrupt();
        last.stop();
        // Until then the watch may still touch files that belong to someone else as soon as the directory is let go.
        over.join();
    }
}
