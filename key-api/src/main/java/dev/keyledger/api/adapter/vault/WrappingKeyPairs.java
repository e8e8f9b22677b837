package dev.keyledger.api.adapter.vault;

import dev.keyledger.crypto.WrappingKeyPair;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
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
    static final int MADE_AHEAD = 8;

    private final SecureRandom random;
    private final BlockingQueue<WrappingKeyPair> ready = new ArrayBlockingQueue<>(MADE_AHEAD);
    private final Semaphore inline;
    private volatile @Nullable Thread maker;

    @Autowired
    WrappingKeyPairs(SecureRandom random) {
        this(random, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** @param inlineLimit how many callers may make a pair at the same time */
    WrappingKeyPairs(SecureRandom random, int inlineLimit) {
        this.random = random;
        this.inline = new Semaphore(inlineLimit);
    }

    /**
     * A pair that nobody had before, for the caller to close.
     *
     * @throws Refusal {@code THROTTLING} if none is ready and enough callers are making one
     */
    WrappingKeyPair take() {
        WrappingKeyPair made = ready.poll();
        if (made != null) {
            return made;
        }
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
    @SuppressWarnings("ThreadPriorityCheck") // A hint that requests come first; nothing relies on it.
    public void start() {
        Thread thread = new Thread(this::makeAhead, "wrapping-key-pairs");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        maker = thread;
        thread.start();
    }

    private void makeAhead() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                WrappingKeyPair pair = WrappingKeyPair.generate(random);
                try {
                    ready.put(pair);
                } catch (InterruptedException stopped) {
                    pair.close();
                    throw stopped;
                }
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
