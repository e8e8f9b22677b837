package dev.keyledger.api.adapter.ledger;

import dev.keyledger.time.StoreClock;
import java.time.Instant;

/**
 * Store time for the ledger's handlers: the reading that came with the key's events, if it is of just now, else one of its own. What it was
 * compared with is noted in the open change.
 */
public final class LedgerClock implements StoreClock {

    private final StoreClock clock;
    private final LedgerWrites ledger;

    public LedgerClock(StoreClock clock, LedgerWrites ledger) {
        this.clock = clock;
        this.ledger = ledger;
    }

    @Override
    public Instant now() {
        OpenChange change = ledger.current();
        return change == null ? clock.now() : change.now().orElseGet(clock::now);
    }

    @Override
    public void judged(Instant now, Instant limit) {
        OpenChange change = ledger.current();
        if (change != null) {
            change.judged(now, limit);
        }
    }
}
