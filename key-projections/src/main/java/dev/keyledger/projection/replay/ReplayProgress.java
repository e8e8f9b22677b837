package dev.keyledger.projection.replay;

/** Is told how a replay goes on, on the replay's thread. */
public interface ReplayProgress {

    /** The steps of a replay that take time. */
    enum Step {
        /** Events are replayed; counted by their places, of which some are empty. */
        REBUILD,
        /** Tables are compared; counted by ranges. */
        COMPARE
    }

    /**
     * So much is done.
     *
     * @param done since event 0, or since the first range
     * @param of all there is, as far as is known
     */
    void at(Step step, long done, long of);

    /** Tells nobody. */
    static ReplayProgress silent() {
        return (step, done, of) -> {};
    }
}
