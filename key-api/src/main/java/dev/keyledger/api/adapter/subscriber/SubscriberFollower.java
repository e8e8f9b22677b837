package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.projection.feed.FeedFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * This node's part in telling one subscriber, on a thread of its own, because a subscriber may take its time. Whoever has the lease reads a page of the
 * feed, passes it on, and remembers how far that came; no transaction is open meanwhile. Looks every second, and sooner if somebody says that there is
 * something.
 */
final class SubscriberFollower implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriberFollower.class);

    /** With so many parked events a subscriber stands still: something is wrong with it and not with them. */
    static final int MOST_PARKED = 10_000;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_NEWS = Duration.ofMillis(20);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    /** How much is told again at most when a node dies, as time. */
    private static final Duration BETWEEN_NOTES = Duration.ofMillis(500);

    /** A node stops by itself so long before others may begin. */
    private static final Duration GOOD_FOR = Duration.ofSeconds(SubscriberRows.LEASE_SECONDS - 1L);

    private static final int DUE_AT_ONCE = 100;

    /** The right to go on, as this node knows it. */
    private static final class Lease {

        final long epoch;

        /** By {@link System#nanoTime}. */
        volatile long goodUntil;

        volatile boolean lost;

        Lease(long epoch, long asked) {
            this.epoch = epoch;
            this.goodUntil = asked + GOOD_FOR.toNanos();
        }

        boolean good() {
            return !lost && System.nanoTime() - goodUntil < 0;
        }
    }

    /** How long to rest; news ends it, unless it is after a failure. */
    private record Rest(Duration most, boolean untilNews) {

        static final Rest NONE = new Rest(Duration.ZERO, true);
        static final Rest LOOK = new Rest(BETWEEN_LOOKS, true);
        static final Rest WAIT = new Rest(BETWEEN_LOOKS, false);
    }

    private final Outlet outlet;
    private final String name;
    private final SubscriberRows rows;
    private final Feed feed;
    private final Quarantine quarantine;
    private final SubscriberDeliveries deliveries;
    private final String node;
    private final Semaphore news = new Semaphore(0);
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Lease lease;
    private @Nullable Round round;
    private FeedPosition readTo = FeedPosition.BEGINNING;
    private long noted;
    private int failures;
    private boolean troubled;
    private boolean standing;

    SubscriberFollower(
            Outlet outlet,
            SubscriberRows rows,
            Feed feed,
            Quarantine quarantine,
            SubscriberDeliveries deliveries,
            String node) {
        this.outlet = outlet;
        this.name = outlet.name();
        this.rows = rows;
        this.feed = feed;
        this.quarantine = quarantine;
        this.deliveries = deliveries;
        this.node = node;
        this.thread = new Thread(this, "subscriber " + name);
        thread.setDaemon(true);
    }

    String name() {
        return name;
    }

    void start() {
        thread.start();
    }

    /** Says that there may be something new. */
    void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    /** Asks it to end after the event that it is at. */
    void stop() {
        stopping.countDown();
        news.release();
    }

    /** Waits for its end; whoever is too slow is interrupted. Answers whether it came. */
    boolean join(Duration patience) throws InterruptedException {
        thread.join(patience.toMillis());
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(BETWEEN_LOOKS.toMillis());
        }
        return !thread.isAlive();
    }

    /** Renews the lease, if this node has it. On another thread, because a subscriber may be at one event for long. */
    void keep() {
        Lease mine = lease;
        if (mine == null || mine.lost) {
            return;
        }
        long asked = System.nanoTime();
        if (rows.renew(name, mine.epoch)) {
            mine.goodUntil = asked + GOOD_FOR.toNanos();
        } else {
            mine.lost = true;
        }
    }

    @Override
    public void run() {
        while (stopping.getCount() > 0) {
            try {
                rest(turn());
            } catch (InterruptedException ended) {
                // Of the node, which is asked for apart; what was not settled is told again.
                LOG.debug("subscriber {} was interrupted", name);
            }
        }
        letGo();
    }

    private Rest turn() throws InterruptedException {
        try {
            if (quarantine.why().isPresent()) {
                letGo();
                return Rest.WAIT;
            }
            Lease mine = lease;
            if (mine == null || !mine.good()) {
                forget();
                mine = take();
                if (mine == null) {
                    return Rest.WAIT;
                }
            }
            boolean more = work(mine);
            recovered(mine);
            return more ? Rest.NONE : Rest.LOOK;
        } catch (LeaseLostException another) {
            forget();
            return Rest.WAIT;
        } catch (OutletAwayException away) {
            outlet.close();
            deliveries.failed(name);
            return backOff(away.what());
        } catch (RuntimeException | Error failed) {
            outlet.close();
            return backOff(Faults.kind(failed));
        }
    }

    private @Nullable Lease take() {
        long asked = System.nanoTime();
        Optional<SubscriberRows.Turn> turn = rows.take(name, node);
        if (turn.isEmpty()) {
            return null;
        }
        Lease taken = new Lease(turn.get().epoch(), asked);
        readTo = turn.get().position();
        noted = asked;
        // Whoever had it before may have left a note of his troubles.
        troubled = true;
        lease = taken;
        return taken;
    }

    /** Whether there is more to do at once. */
    private boolean work(Lease mine) throws OutletAwayException, InterruptedException {
        long parked = rows.parked(name);
        boolean tried = parked > 0 && tryParked(mine);
        if (round == null && !standing(parked)) {
            Feed.Page page = feed.after(readTo, FeedFilter.NONE, outlet.most());
            if (page.events().isEmpty()) {
                readTo = page.readTo();
            } else {
                round = new Round(page);
            }
        }
        Round current = round;
        if (current == null) {
            return tried;
        }
        parkBehind(mine, current);
        try {
            List<FeedEvent> open = current.open();
            if (!open.isEmpty()) {
                outlet.pass(open, new Receipts(mine, current));
            }
        } catch (OutletAwayException | InterruptedException ended) {
            note(mine, current);
            throw ended;
        }
        parkBehind(mine, current);
        note(mine, current);
        if (!current.complete()) {
            return false;
        }
        readTo = current.readTo();
        round = null;
        return current.more() || tried;
    }

    /** Parks what must not overtake a parked event of its subject. */
    private void parkBehind(Lease mine, Round current) {
        List<FeedEvent> open = current.open();
        if (open.isEmpty()) {
            return;
        }
        Set<String> waiting =
                rows.waiting(name, open.stream().map(FeedEvent::subject).collect(Collectors.toSet()));
        for (FeedEvent event : open) {
            if (waiting.contains(event.subject())) {
                park(mine, event, null, 0);
                current.settle(event);
            }
        }
    }

    private void park(Lease mine, FeedEvent event, @Nullable String reason, int attempts) {
        if (!rows.park(name, mine.epoch, event, reason, attempts)) {
            throw new LeaseLostException();
        }
        deliveries.parked(name);
    }

    /** Remembers how far it came. */
    private void note(Lease mine, Round current) {
        Optional<FeedPosition> reached = current.reached();
        if (reached.isPresent() && !rows.move(name, mine.epoch, reached.get())) {
            throw new LeaseLostException();
        }
        noted = System.nanoTime();
    }

    /** What became of the events of a round. */
    private final class Receipts implements Outlet.Receipts {

        private final Lease mine;
        private final Round current;

        Receipts(Lease mine, Round current) {
            this.mine = mine;
            this.current = current;
        }

        @Override
        public boolean goOn() {
            return mayGoOn(mine);
        }

        @Override
        public void passed(FeedEvent event) {
            current.settle(event);
            deliveries.passed(name);
            if (System.nanoTime() - noted > BETWEEN_NOTES.toNanos()) {
                note(mine, current);
            }
        }

        @Override
        public void refused(FeedEvent event, String reason, int attempts) {
            park(mine, event, reason, attempts);
            current.settle(event);
            LOG.warn("subscriber {} refused {}, which is parked: {}", name, event, reason);
        }

        @Override
        public void failedOnce() {
            deliveries.failed(name);
        }
    }

    /** Tries parked events that nothing is in the way of any more; answers whether there were any. */
    private boolean tryParked(Lease mine) throws OutletAwayException, InterruptedException {
        List<FeedEvent> due = new ArrayList<>();
        for (FeedPosition position : rows.due(name, DUE_AT_ONCE)) {
            feed.after(before(position), FeedFilter.NONE, 1).events().stream()
                    .filter(event -> event.position().equals(position))
                    .forEach(due::add);
        }
        if (due.isEmpty()) {
            return false;
        }
        outlet.pass(due, new Outlet.Receipts() {
            @Override
            public boolean goOn() {
                return mayGoOn(mine);
            }

            @Override
            public void passed(FeedEvent event) {
                rows.arrived(name, event.position());
                deliveries.passed(name);
            }

            @Override
            public void refused(FeedEvent event, String reason, int attempts) {
                rows.refusedAgain(name, event.position(), reason, attempts);
                deliveries.failed(name);
            }

            @Override
            public void failedOnce() {
                deliveries.failed(name);
            }
        });
        return true;
    }

    private static FeedPosition before(FeedPosition position) {
        return position.part() > 0
                ? new FeedPosition(position.logIndex(), position.part() - 1)
                : FeedPosition.endOf(position.logIndex() - 1);
    }

    private boolean mayGoOn(Lease mine) {
        return stopping.getCount() > 0 && mine.good() && quarantine.why().isEmpty();
    }

    private boolean standing(long parked) {
        boolean now = parked >= MOST_PARKED;
        if (now && !standing) {
            LOG.warn("subscriber {} stands still: too many events are parked", name);
        }
        standing = now;
        return now;
    }

    private void recovered(Lease mine) {
        if (failures > 0) {
            LOG.info("subscriber {} is told again by this node", name);
        }
        failures = 0;
        if (troubled) {
            rows.trouble(name, mine.epoch, null);
            troubled = false;
        }
    }

    private Rest backOff(String what) {
        // Once, and not at every attempt.
        if (failures == 0) {
            LOG.warn("subscriber {} is not told by this node at present: {}", name, what);
        }
        failures = Math.min(failures + 1, 10);
        noteTrouble(what);
        Duration pause = BETWEEN_LOOKS.multipliedBy(1L << (failures - 1));
        return new Rest(pause.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : pause, false);
    }

    private void noteTrouble(String what) {
        Lease mine = lease;
        if (mine == null) {
            return;
        }
        troubled = true;
        try {
            rows.trouble(name, mine.epoch, what);
        } catch (DataAccessException away) {
            // It is the database that is away, and everything else says so.
            LOG.debug("the trouble of {} is not noted", name);
        }
    }

    /** What is in memory is void: somebody else goes on, or this node begins again where the store says. */
    private void forget() {
        lease = null;
        round = null;
        outlet.close();
    }

    /** Gives the lease up for whoever looks next. */
    private void letGo() {
        Lease mine = lease;
        forget();
        if (mine != null) {
            try {
                rows.release(name, mine.epoch);
            } catch (DataAccessException away) {
                // It ends by itself.
                LOG.debug("the lease of {} is left to end", name);
            }
        }
    }

    private void rest(Rest rest) throws InterruptedException {
        if (rest.untilNews()) {
            // News comes with every commit of a busy node.
            if (!rest.most().isZero() && stopping.await(BETWEEN_NEWS.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
            var unused = news.tryAcquire(rest.most().toNanos(), TimeUnit.NANOSECONDS);
        } else {
            var unused = stopping.await(rest.most().toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
