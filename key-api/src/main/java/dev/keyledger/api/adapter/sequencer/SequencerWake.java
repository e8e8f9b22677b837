package dev.keyledger.api.adapter.sequencer;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Has this node's sequencer look for new records sooner than it would by itself. Thread-safe. */
@Component
public class SequencerWake {

    private volatile @Nullable Runnable leader;

    /**
     * Wakes the sequencer if it is this node that gives the numbers.
     *
     * @return whether it is, as far as is known; else another node may be told
     */
    public boolean wake() {
        Runnable here = leader;
        if (here == null) {
            return false;
        }
        here.run();
        return true;
    }

    void leads(Runnable look) {
        leader = look;
    }

    void leadsNoLonger() {
        leader = null;
    }
}
