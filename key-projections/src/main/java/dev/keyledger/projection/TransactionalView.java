package dev.keyledger.projection;

/**
 * A read model written in the transaction of the event itself, so that a client who was told of a change sees it in the next call on any
 * node. If its handler throws, the command fails. The implementations are the event handlers of the processing group {@value #GROUP}.
 */
public interface TransactionalView {

    /** Processing group of all transactional views. */
    String GROUP = "transactional-views";

    /** The view's own table. */
    ViewTable table();

    /** Empties the view's own table, before a replay. */
    void clear();
}
