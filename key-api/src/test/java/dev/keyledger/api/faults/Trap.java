package dev.keyledger.api.faults;

import java.util.concurrent.atomic.AtomicBoolean;

/** A harm that waits for its moment, and is done once. */
public final class Trap {

    private final Moment moment;
    private final Harm harm;
    private final AtomicBoolean sprung = new AtomicBoolean();

    Trap(Moment moment, Harm harm) {
        this.moment = moment;
        this.harm = harm;
    }

    /** Whether this is the moment, for the first time. */
    boolean springs(Moment now) {
        return now == moment && sprung.compareAndSet(false, true);
    }

    Harm harm() {
        return harm;
    }

    /** Whether the moment has come and the harm was done. */
    public boolean hasSprung() {
        return sprung.get();
    }
}
