package dev.keyledger.api.adapter.ledger;

import org.jspecify.annotations.Nullable;

/** Dispatches commands inside one ledger transaction: all of them commit together, or none. */
public interface Commands {

    /**
     * Handles the command now, on this thread.
     *
     * @return what its handler returned, null if nothing
     * @throws dev.keyledger.refusal.Refusal if a rule says no; the whole transaction is then rolled back
     */
    @Nullable
    Object send(Object command);
}
