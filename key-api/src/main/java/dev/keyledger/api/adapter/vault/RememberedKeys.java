package dev.keyledger.api.adapter.vault;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.keyledger.api.adapter.journal.KeyLookup;
import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Unwrapped material of the keys that were used last: at most {@value #MAX_KEYS}, each for at most a minute, wiped when it leaves. Material of
 * one version never changes, and whether it may be used is decided by the journal's statement, so that an old entry can make a use fail but
 * never succeed. A change of the key that this node makes or meets wipes its entry at once. Thread-safe.
 */
@Component
class RememberedKeys implements KeyLookup {

    /** Most keys remembered. */
    static final int MAX_KEYS = 1_000;

    private static final Duration MEMORY = Duration.ofSeconds(60);

    /** Keys share counters of what was forgotten; sharing one costs a needless second look at worst. */
    private static final int COUNTERS = 1024;

    private final StoredKeys stored;
    private final Counter remembered;
    private final Counter asked;
    private final AtomicIntegerArray forgotten = new AtomicIntegerArray(COUNTERS);
    private final Cache<KeyId, Entry> entries = Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
            .expireAfterWrite(MEMORY)
            // Material that nobody asks for any more is wiped in time all the same.
            .scheduler(Scheduler.systemScheduler())
            .executor(Runnable::run)
            .removalListener((@Nullable KeyId keyId, @Nullable Entry entry, RemovalCause cause) -> {
                if (entry != null) {
                    entry.wipe();
                }
            })
            .build();

    RememberedKeys(StoredKeys stored, MeterRegistry metrics) {
        this.stored = stored;
        this.remembered = lookups(metrics, "memory");
        this.asked = lookups(metrics, "store");
    }

    private static Counter lookups(MeterRegistry metrics, String source) {
        return Counter.builder("keyledger.material.lookups")
                .description("Where uses of keys found the material")
                .tag("source", source)
                .register(metrics);
    }

    /** Material that is either whole or gone, also while another thread wipes it. */
    private static final class Entry {

        private final KeyVersionId versionId;
        private @Nullable SecretBytes material;

        Entry(KeyVersionId versionId, SecretBytes material) {
            this.versionId = versionId;
            this.material = material;
        }

        synchronized @Nullable SecretBytes copy() {
            return material == null ? null : material.use(SecretBytes::copyOf);
        }

        synchronized void wipe() {
            if (material != null) {
                material.close();
                material = null;
            }
        }
    }

    @Override
    public Found find(KeyId keyId, @Nullable KeyVersionId wanted, Deadline deadline) {
        Entry entry = entries.getIfPresent(keyId);
        if (entry != null && (wanted == null || wanted.equals(entry.versionId))) {
            SecretBytes material = entry.copy();
            if (material != null) {
                remembered.increment();
                return new Found(null, entry.versionId, material);
            }
        }
        asked.increment();
        int before = forgotten.get(counter(keyId));
        Found found = stored.find(keyId, wanted, deadline);
        remember(keyId, found, before);
        return found;
    }

    /** Only the present version, and only if nobody has told meanwhile to forget the key. */
    private void remember(KeyId keyId, Found found, int before) {
        Present present = found.present();
        if (present == null || found.material() == null || found.versionId() == null) {
            return;
        }
        if (!found.versionId().equals(present.materialVersion())) {
            return;
        }
        Entry entry = new Entry(found.versionId(), found.material().use(SecretBytes::copyOf));
        entries.put(keyId, entry);
        if (forgotten.get(counter(keyId)) != before) {
            entries.invalidate(keyId);
        }
    }

    @Override
    public void forget(KeyId keyId) {
        forgotten.incrementAndGet(counter(keyId));
        entries.invalidate(keyId);
    }

    private static int counter(KeyId keyId) {
        return Math.floorMod(keyId.hashCode(), COUNTERS);
    }

    @PreDestroy
    void wipe() {
        entries.invalidateAll();
    }
}
