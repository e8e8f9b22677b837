package dev.keyledger.api.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * Token buckets of one rate, one for each name. As many as are kept at most use some megabytes, whoever invents the names; a bucket that was
 * not asked for long enough to be full again is forgotten without loss. Thread-safe.
 */
final class Buckets {

    /** Most names remembered. */
    static final int NAMES = 20_000;

    private static final Duration SHORTEST_MEMORY = Duration.ofMinutes(1);

    private final Rate rate;
    private final Cache<String, Bucket> buckets;

    Buckets(Rate rate) {
        this.rate = rate;
        Duration full = Duration.ofSeconds(rate.burst() / rate.perSecond() + 1);
        this.buckets = Caffeine.newBuilder()
                .maximumSize(NAMES)
                .expireAfterAccess(full.compareTo(SHORTEST_MEMORY) > 0 ? full : SHORTEST_MEMORY)
                // On the calling thread: what there is to tidy up is little, and another thread would be for this
                // alone.
                .executor(Runnable::run)
                .build();
    }

    /** Takes a token; false if there is none. */
    boolean take(String name) {
        return buckets.get(name, unknown -> rate.bucket()).tryConsume(1);
    }

    /** Whether there is no token left; a name that never took one has all. */
    boolean empty(String name) {
        Bucket bucket = buckets.getIfPresent(name);
        return bucket != null && bucket.getAvailableTokens() < 1;
    }

    /** How many names are remembered. */
    long size() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
