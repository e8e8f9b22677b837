package dev.keyledger.api.adapter.batch;

/** Hears of every batch, for measurements. Called on the thread that did it: must be quick and never throw. */
@FunctionalInterface
public interface BatchObserver {

    /** For those who do not want to know. */
    BatchObserver NONE = (pieces, nanos) -> {};

    /**
     * A batch has ended, well or not.
     *
     * @param pieces how many pieces of work it had
     * @param nanos how long it took
     */
    void performed(int pieces, long nanos);
}
