package dev.keyledger.db;

import java.time.Duration;

/**
 * How long to wait before a server that ended by itself is started again: twice as long each time, up to a limit. A server that answered for a
 * while had nothing to do with what ended it before, so it begins anew.
 */
final class Backoff {

    private final Duration first;
    private final Duration longest;
    private final Duration awhile;
    private Duration next;

    Backoff(Duration first, Duration longest, Duration awhile) {
        this.first = first;
        this.longest = longest;
        this.awhile = awhile;
        this.next = first;
    }

    /** Someone who waits for the database is back soon after the cause is gone, and a cause that stays costs next to nothing. */
    static Backoff standard() {
        return new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(1));
    }

    /**
     * The pause before the next start.
     *
     * @param answered how long the server answered before it ended; zero if it never did
     */
    Duration after(Duration answered) {
        if (answered.compareTo(awhile) >= 0) {
            next = first;
        }
        Duration pause = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
        return pause;
    }
}
