package dev.keyledger.projection.sequencer;

/** Whoever goes on with records once they have their number: trees, feeds, views of the log. */
@FunctionalInterface
public interface IndexListener {

    /**
     * This node begins to give numbers. Whoever writes on behalf of the log writes under the fence of this epoch: in a transaction that locks
     * the row of {@code sequencer} and finds the epoch in it. Called on the same thread as {@link #grown}, and as briefly.
     *
     * @param epoch that of the term, higher than any before
     * @param head how far the order goes at the beginning
     */
    default void begun(long epoch, IndexHead head) {}

    /**
     * Some records have got their numbers, and that is durable. Called on the node that gives them, one call after the other and on the thread
     * that gives them, so briefly. A hint: a node that dies may owe some calls, and head never goes back, so whoever begins asks
     * {@link AuditIndex#head} first.
     *
     * @param head how far the order goes now
     */
    void grown(IndexHead head);

    /**
     * Among the records that got their numbers are some that cover events, and those have their places in the feed now. Called directly after
     * {@link #grown}, and no more certain than it.
     *
     * @param head how far the order goes now
     */
    default void eventsPlaced(IndexHead head) {}
}
