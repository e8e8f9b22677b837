package dev.keyledger.api.adapter.journal;

/** Whoever wants to know at once that keys or aliases have changed. */
@FunctionalInterface
public interface ChangeListener {

    /**
     * A transaction of this node that appended events has committed. Called on the thread of whoever made the change, who waits: returns at
     * once, throws nothing, and asks no database.
     */
    void changed();
}
