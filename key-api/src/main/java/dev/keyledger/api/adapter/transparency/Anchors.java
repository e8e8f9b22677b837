package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.startup.Settings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings stored checkpoints to the anchors of the settings, each on a thread of its own, while this node signs. The store is the queue:
 * what an anchor could not take is brought when it can, oldest first; of a long outage, and to a new anchor, only the newest ones, which
 * vouch for those before. Thread-safe.
 */
@Component
class Anchors {

    private static final Logger LOG = LoggerFactory.getLogger(Anchors.class);

    /** Most checkpoints that are brought after an outage: more than an hour of them. */
    private static final int LONGEST_QUEUE = 1_000;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final LogStore store;
    private final List<Anchor> all;
    private final List<Courier> couriers = new ArrayList<>();
    private final Counter failures;
    private volatile Reached reachedListener = (file, size) -> {};

    Anchors(LogStore store, Settings settings, MeterRegistry registry) {
        this.store = store;
        List<Anchor> anchors = new ArrayList<>();
        settings.log().anchorFile().ifPresent(file -> anchors.add(new AnchorFile(file, store.key())));
        settings.log().anchorUrl().ifPresent(url -> anchors.add(new AnchorUrl(url)));
        all = List.copyOf(anchors);
        failures = Counter.builder("keyledger.log.anchor.failures")
                .description(
                        "Attempts of this node to bring a checkpoint to an anchor outside the database that failed")
                .register(registry);
        Gauge.builder("keyledger.log.anchors", all::size)
                .description(
                        "Anchors outside the database that this node has been given; 0 means that nothing is claimed")
                .register(registry);
    }

    /** All of them, in no order that matters. */
    List<Anchor> all() {
        return all;
    }

    /** The file among them. */
    Optional<AnchorFile> file() {
        return all.stream()
                .filter(AnchorFile.class::isInstance)
                .map(AnchorFile.class::cast)
                .findFirst();
    }

    /** Told how far the anchor file is, after each checkpoint that was brought there, on the thread that brings them. */
    @FunctionalInterface
    interface Reached {
        void size(AnchorFile file, long size) throws IOException;
    }

    /** Sets the one who is told; before anything is brought. */
    void whenReached(Reached told) {
        reachedListener = told;
    }

    /** Those whose last checkpoint can be compared with. */
    List<Anchor> readable() {
        return all.stream().filter(Anchor::canBeRead).toList();
    }

    /** This node signs from now on. */
    synchronized void begin() {
        if (couriers.isEmpty()) {
            for (Anchor anchor : all) {
                Courier courier = new Courier(anchor);
                couriers.add(courier);
                courier.start();
            }
        }
    }

    /** There may be a new checkpoint. */
    synchronized void checkpointMade() {
        couriers.forEach(Courier::hint);
    }

    /** This node no longer signs: what is there is tried once more, and no longer than this. */
    synchronized void end(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        couriers.forEach(Courier::finish);
        for (Courier courier : couriers) {
            courier.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
        couriers.clear();
    }

    /** Brings checkpoints to one anchor. */
    private final class Courier extends Thread {

        private final Anchor anchor;
        private boolean hinted = true;
        private boolean finishing;
        private boolean failing;
        private Duration pause = FIRST_PAUSE;

        Courier(Anchor anchor) {
            super("log-anchor-" + anchor.kind());
            this.anchor = anchor;
            setDaemon(true);
        }

        synchronized void hint() {
            hinted = true;
            notifyAll();
        }

        synchronized void finish() {
            finishing = true;
            notifyAll();
        }

        /** Waits until there may be something to do; after a failure for its pause too. Says whether it was the last time. */
        private synchronized boolean awaitWork(boolean failed) throws InterruptedException {
            if (failed) {
                long deadline = System.nanoTime() + pause.toNanos();
                for (long left = pause.toMillis(); left > 0 && !finishing; ) {
                    wait(left);
                    left = (deadline - System.nanoTime()) / 1_000_000;
                }
            } else {
                while (!hinted && !finishing) {
                    wait();
                }
            }
            hinted = false;
            return finishing;
        }

        @Override
        public void run() {
            try {
                boolean failed = false;
                boolean last = false;
                while (!last) {
                    last = awaitWork(failed);
                    failed = !deliver();
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean deliver() throws InterruptedException {
            try {
                bring();
                if (failing) {
                    LOG.info("the anchor {} takes checkpoints of the audit log again", anchor);
                }
                failing = false;
                pause = FIRST_PAUSE;
                return true;
            } catch (IOException | RuntimeException failed) {
                failures.increment();
                // Once for each outage, and not every minute.
                if (!failing) {
                    LOG.warn("the anchor {} takes no checkpoint of the audit log: {}", anchor, Failures.text(failed));
                } else {
                    Duration doubled = pause.multipliedBy(2);
                    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
                }
                failing = true;
                return false;
            }
        }

        private void bring() throws IOException, InterruptedException {
            long reached =
                    anchor.canBeRead() ? anchor.last().map(SignedHead::size).orElse(0L) : store.anchored(anchor.kind());
            boolean fresh = reached == 0;
            for (SignedHead head : store.checkpointsAbove(reached, fresh ? 1 : LONGEST_QUEUE)) {
                anchor.append(head.note());
                reached = head.size();
                // Each by itself: a receiver that took a hundred of them is not sent them all again.
                store.anchored(anchor.kind(), reached);
            }
            if (anchor.canBeRead() && reached > 0 && store.anchored(anchor.kind()) != reached) {
                store.anchored(anchor.kind(), reached);
            }
            if (anchor instanceof AnchorFile file && reached > 0) {
                reachedListener.size(file, reached);
            }
        }
    }
}
