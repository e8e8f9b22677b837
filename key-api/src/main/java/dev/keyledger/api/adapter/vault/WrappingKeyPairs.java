package dev.keyledger.api.adapter.vault;

import dev.keyledger.crypto.WrappingKeyPair;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * One-time key pairs made ahead, because making one takes a tenth of a second of a core. They live in memory only, each is given out once.
 * When none is left, a few callers at a time make their own and the others are told to come back. Thread-safe.
 */
@Component
public class WrappingKeyPairs implements SmartLifecycle {

    /** How many pairs are kept ready on each node. */
    static final int MADE_AHEAD = 16;

    /** A node that starts has better things to do. */
    private static final Duration FIRST_AFTER = Duration.ofSeconds(2);

    /** How many times as long as it worked the maker rests after a pair, when only one is missing; less the more are missing. */
    private static final int LONGEST_REST = 4;

    private final SecureRandom random;
    private final BlockingQueue<WrappingKeyPair> ready = new ArrayBlockingQueue<>(MADE_AHEAD);
    private final Semaphore inline;
    private final Duration firstAfter;
    private volatile @Nullable Thread maker;

    @Autowired
    WrappingKeyPairs(SecureRandom random, ObjectProvider<MeterRegistry> metrics) {
        this(random, Math.max(1, Runtime.getRuntime().availableProcessors() / 2), FIRST_AFTER);
        metrics.ifAvailable(registry -> Gauge.builder("keyledger.import.keypairs.ready", ready, Collection::size)
                .description("Wrapping key pairs made ahead for GetParametersForImport")
                .baseUnit("pairs")
                .register(registry));
    }

    /**
     * A pool for this node.
     *
     * @param inlineLimit how many callers may make a pair at the same time
     * @param firstAfter how long after the start the first pair is made
     */
    WrappingKeyPairs(SecureRandom random, int inlineLimit, Duration firstAfter) {
        this.random = random;
        this.inline = new Semaphore(inlineLimit);
        this.firstAfter = firstAfter;
    }

    /**
     * Sees to it that a pair is there, by making one if it must: for a caller who is going to take one from inside a transaction and holds
     * nothing yet.
     *
     * @throws Refusal {@code THROTTLING} if none is ready and enough callers are making one
     */
    public void prepare() {
        if (ready.isEmpty()) {
            WrappingKeyPair made = makeInline();
            if (!ready.offer(made)) {
                made.close();
            }
        }
    }

    /**
     * A pair that nobody had before, for the caller to close.
     *
     * @throws Refusal {@code THROTTLING} if none is ready and enough callers are making one
     */
    WrappingKeyPair take() {
        WrappingKeyPair made = ready.poll();
        return made == null ? makeInline() : made;
    }

    private WrappingKeyPair makeInline() {
        if (!inline.tryAcquire()) {
            throw Refusal.of(ErrorCode.THROTTLING).because("no wrapping key pair is ready");
        }
        try {
            return WrappingKeyPair.generate(random);
        } finally {
            inline.release();
        }
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // A hint that requests come first; the rests below are what keeps it so.
    public void start() {
        Thread thread = new Thread(this::makeAhead, "wrapping-key-pairs");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        maker = thread;
        thread.start();
    }

    private void makeAhead() {
        try {
            Thread.sleep(firstAfter.toMillis());
            while (!Thread.currentThread().isInterrupted()) {
                long begun = System.nanoTime();
                WrappingKeyPair pair = WrappingKeyPair.generate(random);
                long worked = System.nanoTime() - begun;
                try {
                    ready.put(pair);
                } catch (InterruptedException stopped) {
                    pair.close();
                    throw stopped;
                }
                TimeUnit.NANOSECONDS.sleep(worked * LONGEST_REST * ready.size() / MADE_AHEAD);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        Thread thread = maker;
        if (thread != null) {
            thread.interrupt();
            maker = null;
        }
        List<WrappingKeyPair> unused = new ArrayList<>();
        ready.drainTo(unused);
        unused.forEach(WrappingKeyPair::close);
    }

    @Override
    public boolean isRunning() {
        return maker != null;
    }

    /** How many pairs are ready now. */
    int ready() {
        return ready.size();
    }
}
