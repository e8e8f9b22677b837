package dev.keyledger.api.startup;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A store that is being opened while other work of the start goes on. */
final class Opening {

    private final FutureTask<OpenStore> task;

    private Opening(FutureTask<OpenStore> task) {
        this.task = task;
    }

    /** Begins on a thread of its own. */
    static Opening begin(Callable<OpenStore> open) {
        FutureTask<OpenStore> task = new FutureTask<>(open);
        Thread thread = new Thread(task, "store");
        thread.setDaemon(true);
        thread.start();
        return new Opening(task);
    }

    /**
     * The store, as soon as it is open.
     *
     * @throws RuntimeException what kept it from opening
     */
    OpenStore store() {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            // One exception may be thrown here by several threads and times, as it is.
            throw failed.getCause() instanceof RuntimeException runtime ? runtime : new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the store was being opened", interrupted);
        }
    }

    /** Waits for the opening to end, and closes what it opened: nobody will use it. */
    void abandon() {
        OpenStore opened;
        try {
            opened = store();
        } catch (RuntimeException | Error failed) {
            // It closed what it had opened, and its failure is the cause of the one that is being reported.
            return;
        }
        opened.close();
    }
}
