package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.vault.LogSigningKey;
import dev.keyledger.evidence.note.NoteSigner;
import dev.keyledger.projection.sequencer.AuditIndex;
import dev.keyledger.projection.sequencer.IndexHead;
import dev.keyledger.projection.sequencer.IndexListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Signs the log on the node that gives records their places: every five seconds if there is something new, at once when a thousand records
 * are, and when the node stops. Records are read as soon as they have their place, so that there is hardly a moment in which one could be
 * changed and the change be signed.
 *
 * <p>When the store no longer holds what was signed, signing stops until the node is started again, and nothing else does: keys are used and
 * recorded as before.
 */
@Component
public class Checkpointer implements SmartLifecycle, IndexListener {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /** Below the sequencer's, which stops first and gives the last records their places. */
    private static final int PHASE = -3;

    /** Longest time for which a record waits for its checkpoint, when others write too little. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    /** So many records do not wait. */
    static final int ENOUGH = 1_000;

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** What is not signed by then is signed by another node or at the next start. */
    private static final Duration LONGEST_STOP = Duration.ofSeconds(8);

    /** A receiver that does not answer is told at the next start. */
    private static final Duration LONGEST_ANCHORING = Duration.ofSeconds(3);

    private final LogStore store;
    private final LogRecords records;
    private final NoteSigner signer;
    private final Anchors anchors;
    private final AuditIndex index;
    private final Counter failures;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();

    /** The epoch to sign in; 0 while another node does, as far as this one knows. Under the lock. */
    private long epoch;

    /** How many records have a place, as far as this node was told. Under the lock. */
    private long head;

    /** Under the lock. */
    private boolean stopping;

    private final AtomicReference<BrokenLogException> broken = new AtomicReference<>();
    private volatile @Nullable Thread thread;

    // Of the thread alone.
    private @Nullable CheckpointTerm term;
    private long signedAt;
    private boolean failing;

    Checkpointer(
            LogStore store,
            LogRecords records,
            LogSigningKey signingKey,
            Anchors anchors,
            AuditIndex index,
            MeterRegistry registry) {
        this.store = store;
        this.records = records;
        this.signer = signingKey.signer();
        this.anchors = anchors;
        this.index = index;
        this.failures = Counter.builder("keyledger.log.failures")
                .description("Attempts of this node to sign the audit log that failed")
                .register(registry);
        Gauge.builder("keyledger.log.broken", () -> broken.get() == null ? 0 : 1)
                .description("1 if this node signs no more because the store does not hold what was signed")
                .register(registry);
        Gauge.builder("keyledger.log.first.bad", this::firstBad)
                .description("Place in the log of the first record that is not as it was signed, if this node knows it")
                .register(registry);
    }

    private double firstBad() {
        BrokenLogException found = broken.get();
        return found == null || found.firstBad().isEmpty()
                ? Double.NaN
                : found.firstBad().getAsLong();
    }

    /** Why this node signs no more; empty as long as it would. */
    public Optional<BrokenLogException> broken() {
        return Optional.ofNullable(broken.get());
    }

    /** Whether this node signs, as far as it knows. */
    public boolean signs() {
        lock.lock();
        try {
            return epoch != 0 && !stopping && broken.get() == null;
        } finally {
            lock.unlock();
        }
    }

    /** Signs no more until the node is started again, because the store does not hold what was signed. The first reason is the one told. */
    public void stopSigning(BrokenLogException found) {
        if (!broken.compareAndSet(null, found)) {
            return;
        }
        failures.increment();
        LOG.error(
                "THE AUDIT LOG IS NOT WHAT WAS SIGNED: {}. This node signs no more checkpoints; keep the database and the"
                        + " anchors as they are and compare them",
                found.getMessage());
    }

    @Override
    public void begun(long newEpoch, IndexHead newHead) {
        tell(() -> {
            epoch = newEpoch;
            head = newHead.size();
        });
    }

    @Override
    public void grown(IndexHead newHead) {
        tell(() -> head = newHead.size());
    }

    private void tell(Runnable change) {
        lock.lock();
        try {
            change.run();
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What the thread is to do next. */
    private record Work(long epoch, long head, boolean last) {}

    /** Waits for something to do: a term to begin, records to read, a checkpoint that is due, the end. */
    private Work next(Duration pause) throws InterruptedException {
        lock.lock();
        try {
            for (long left = pause.toNanos(); left > 0 && !stopping; ) {
                left = news.awaitNanos(left);
            }
            while (!stopping && !somethingToDo()) {
                if (epoch != 0 && term != null && term.unsigned() > 0) {
                    var unused = news.await(untilDue(), TimeUnit.NANOSECONDS);
                } else {
                    news.await();
                }
            }
            return new Work(epoch, head, stopping);
        } finally {
            lock.unlock();
        }
    }

    private boolean somethingToDo() {
        if (epoch == 0 || broken.get() != null) {
            return false;
        }
        return term == null || term.epoch() != epoch || term.size() < head || (term.unsigned() > 0 && untilDue() <= 0);
    }

    private long untilDue() {
        return signedAt + INTERVAL.toNanos() - System.nanoTime();
    }

    private void run() {
        try {
            signedAt = System.nanoTime() - INTERVAL.toNanos();
            Duration pause = Duration.ZERO;
            while (true) {
                Work work = next(pause);
                boolean done = work.epoch() == 0 || broken.get() != null || attempt(work);
                pause = done ? Duration.ZERO : AFTER_FAILURE;
                if (work.last()) {
                    return;
                }
            }
        } catch (InterruptedException unexpected) {
            Thread.currentThread().interrupt();
            LOG.warn("the checkpointer was interrupted");
        }
    }

    private boolean attempt(Work work) {
        try {
            perform(work);
            failing = false;
            return true;
        } catch (BrokenLogException found) {
            term = null;
            stopSigning(found);
            return true;
        } catch (IOException | RuntimeException failed) {
            term = null;
            failures.increment();
            // Once, and not every second while the database is away.
            if (!failing) {
                LOG.warn("no checkpoint of the audit log was signed: {}", Failures.text(failed));
            }
            failing = true;
            return false;
        }
    }

    private void perform(Work work) throws IOException {
        CheckpointTerm current = term;
        if (current == null || current.epoch() != work.epoch()) {
            current = CheckpointTerm.begin(store, records, signer, anchors.readable(), work.epoch());
            term = current;
            anchors.begin();
        }
        // While stopping nobody tells any more.
        long upTo = work.last() ? index.head().size() : work.head();
        do {
            current.read(upTo);
            boolean due = current.unsigned() >= ENOUGH || work.last() || untilDue() <= 0;
            if (!due || current.unsigned() == 0 || broken.get() != null) {
                return;
            }
            sign(current);
            // A log that was never signed takes many; whoever stops leaves the rest to the next start.
        } while (term != null && current.size() < upTo && !isStopping() && broken.get() == null);
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    private void sign(CheckpointTerm current) throws IOException {
        switch (current.sign()) {
            case SIGNED -> {
                signedAt = System.nanoTime();
                anchors.checkpointMade();
            }
            case NOTHING_NEW -> {}
            case SUPERSEDED -> giveUp(current.epoch());
        }
    }

    /** Another node signs now, unless this one was given a new epoch meanwhile. */
    private void giveUp(long old) {
        term = null;
        tell(() -> {
            if (epoch == old) {
                epoch = 0;
            }
        });
    }

    @Override
    public void start() {
        lock.lock();
        try {
            stopping = false;
            epoch = 0;
        } finally {
            lock.unlock();
        }
        Thread fresh = new Thread(this::run, "checkpointer");
        fresh.setDaemon(true);
        thread = fresh;
        fresh.start();
    }

    @Override
    public void stop() {
        Thread current = thread;
        thread = null;
        if (current == null) {
            return;
        }
        tell(() -> stopping = true);
        try {
            current.join(LONGEST_STOP.toMillis());
            if (current.isAlive()) {
                LOG.warn("the checkpointer did not end within {} seconds", LONGEST_STOP.toSeconds());
            }
            anchors.end(LONGEST_ANCHORING);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
