package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.api.adapter.feed.FeedNews;
import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.projection.feed.Feed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** This node's part in telling subscribers: a thread for each, and one that keeps their leases. A node without any does nothing. */
@Component
public class SubscriberRunner implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriberRunner.class);

    /** Stopped before the sequencer, and after those whose work is recorded. */
    private static final int PHASE = -1;

    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    /** Two may fail before a lease ends. */
    private static final Duration BETWEEN_RENEWALS =
            Duration.ofSeconds(SubscriberRows.LEASE_SECONDS).dividedBy(3);

    private final List<Outlet> outlets;
    private final SubscriberRows rows;
    private final Feed feed;
    private final FeedNews news;
    private final Quarantine quarantine;
    private final SubscriberDeliveries deliveries;
    private volatile List<SubscriberFollower> followers = List.of();
    private volatile CountDownLatch ended = new CountDownLatch(0);
    private Runnable unfollow = () -> {};

    SubscriberRunner(
            List<Outlets> sources,
            SubscriberRows rows,
            Feed feed,
            FeedNews news,
            Quarantine quarantine,
            SubscriberDeliveries deliveries) {
        this.outlets = sources.stream().flatMap(source -> source.all().stream()).toList();
        this.rows = rows;
        this.feed = feed;
        this.news = news;
        this.quarantine = quarantine;
        this.deliveries = deliveries;
    }

    /** The subscribers that this node can tell. */
    public List<String> names() {
        return outlets.stream().map(Outlet::name).toList();
    }

    /** Has every subscriber look at once, because an operator asked something of one. */
    public void lookAgain() {
        followers.forEach(SubscriberFollower::wake);
    }

    @Override
    public void start() {
        String node = NodeName.ofThisProcess().value();
        List<SubscriberFollower> fresh = new ArrayList<>();
        for (Outlet outlet : outlets) {
            // Before the node serves: whoever begins with now hears of everything that this node is asked for.
            rows.register(outlet);
            deliveries.expect(outlet.name());
            fresh.add(new SubscriberFollower(outlet, rows, feed, quarantine, deliveries, node));
        }
        followers = List.copyOf(fresh);
        if (followers.isEmpty()) {
            return;
        }
        ended = new CountDownLatch(1);
        unfollow = news.follow(this::lookAgain);
        followers.forEach(SubscriberFollower::start);
        Thread keeper = new Thread(() -> keep(ended), "subscribers' leases");
        keeper.setDaemon(true);
        keeper.start();
    }

    private void keep(CountDownLatch end) {
        try {
            while (!end.await(BETWEEN_RENEWALS.toNanos(), TimeUnit.NANOSECONDS)) {
                followers.forEach(SubscriberRunner::keep);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void keep(SubscriberFollower follower) {
        try {
            follower.keep();
        } catch (DataAccessException away) {
            // Tried again in time, or the lease ends and the follower stops by itself.
            LOG.debug("the lease of {} was not renewed", follower.name());
        }
    }

    @Override
    public void stop() {
        unfollow.run();
        List<SubscriberFollower> ending = followers;
        ending.forEach(SubscriberFollower::stop);
        try {
            for (SubscriberFollower follower : ending) {
                if (!follower.join(LONGEST_END)) {
                    LOG.warn("subscriber {} did not end within {} seconds", follower.name(), LONGEST_END.toSeconds());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        // Last: while they finish, nobody else may begin.
        ended.countDown();
        followers = List.of();
    }

    @Override
    public boolean isRunning() {
        return !followers.isEmpty();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
