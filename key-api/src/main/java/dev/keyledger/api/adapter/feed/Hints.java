package dev.keyledger.api.adapter.feed;

import dev.keyledger.api.adapter.journal.ChangeListener;
import dev.keyledger.api.adapter.sequencer.SequencerWake;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.projection.sequencer.IndexHead;
import dev.keyledger.projection.sequencer.IndexListener;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * What nodes tell each other so that nobody has to wait for his next look: that a change was committed, for the node that gives places to
 * records, and that events have got theirs, for those who follow the feed. Nothing depends on it: whoever is told nothing looks by himself.
 *
 * <p>Hints are sent after the commit and over a session of their own, because a notification in the transaction of a change would have all
 * changes of the database commit one after the other. A second session listens, since the driver's wait for notifications holds the first. What
 * happens on this node is told here at once and without the database.
 */
@Component
class Hints implements ChangeListener, IndexListener, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);

    /** A change was committed. Without a word more: whoever gives the places knows where to look. */
    private static final String CHANGED = "keyledger_changed";

    /** Events got their places; with the size of the log, and never with anything that an event says. */
    private static final String PLACED = "keyledger_placed";

    /** Between two hints of this node, however much happens. */
    private static final Duration BETWEEN_HINTS = Duration.ofMillis(5);

    /** One wait for hints of others; a node that stops waits for its end. */
    private static final int LONGEST_WAIT_MILLIS = 250;

    /** So many waits without a hint, and the server is asked whether it is still there. */
    private static final int LONGEST_SILENCE = 40;

    private static final int VALIDITY_SECONDS = 5;

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(15);

    private static final Duration LONGEST_END = Duration.ofSeconds(3);

    private static final long NOTHING = -1;

    private final HintSessions sessions;
    private final SequencerWake sequencer;
    private final FeedNews news;
    private final boolean on;
    private volatile @Nullable Turn turn;

    Hints(HintSessions sessions, SequencerWake sequencer, FeedNews news, Settings settings) {
        this.sessions = sessions;
        this.sequencer = sequencer;
        this.news = news;
        this.on = settings.events().hints();
    }

    @Override
    public void changed() {
        Turn current = turn;
        if (!sequencer.wake() && current != null) {
            current.changed.set(true);
            current.somethingToSay();
        }
    }

    @Override
    public void grown(IndexHead head) {}

    @Override
    public void eventsPlaced(IndexHead head) {
        Turn current = turn;
        if (current != null) {
            current.placed.accumulateAndGet(head.size(), Math::max);
            current.somethingToSay();
        }
    }

    /** From a start to a stop. */
    private final class Turn {

        private final CountDownLatch stopping = new CountDownLatch(1);
        private final Semaphore toSay = new Semaphore(0);
        private final AtomicBoolean changed = new AtomicBoolean();
        private final AtomicLong placed = new AtomicLong(NOTHING);
        private final Thread speaker = new Thread(() -> attend("sent", this::speak), "hints-sent");
        private final Thread listener = new Thread(() -> attend("heard", this::listen), "hints-heard");

        private void begin() {
            speaker.setDaemon(true);
            listener.setDaemon(true);
            speaker.start();
            listener.start();
        }

        private void end() throws InterruptedException {
            stopping.countDown();
            somethingToSay();
            speaker.join(LONGEST_END.toMillis());
            listener.join(LONGEST_END.toMillis());
        }

        private boolean isStopping() {
            return stopping.getCount() == 0;
        }

        private void somethingToSay() {
            if (toSay.availablePermits() == 0) {
                toSay.release();
            }
        }

        /** Work over one session, until it fails or the node stops. */
        private interface Work {
            /** @param wellAgain is run as soon as the session has done something */
            void over(Connection session, Runnable wellAgain) throws SQLException, InterruptedException;
        }

        private void attend(String what, Work work) {
            Duration[] backoff = {Duration.ZERO};
            try {
                while (!isStopping()) {
                    try (Connection session = sessions.open()) {
                        work.over(session, () -> backoff[0] = Duration.ZERO);
                    } catch (SQLException | RuntimeException failed) {
                        if (backoff[0].isZero() && !isStopping()) {
                            LOG.info("no hints are {} at present: {}", what, kind(failed));
                        }
                        Duration next = backoff[0].isZero() ? FIRST_BACKOFF : backoff[0].multipliedBy(2);
                        backoff[0] = next.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : next;
                        var unused = stopping.await(backoff[0].toNanos(), TimeUnit.NANOSECONDS);
                    }
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
                LOG.warn("no more hints are {} by this node", what);
            }
        }

        private static @Nullable String kind(Exception failed) {
            return failed instanceof SQLException sql
                    ? sql.getSQLState()
                    : failed.getClass().getSimpleName();
        }

        private void speak(Connection session, Runnable wellAgain) throws SQLException, InterruptedException {
            try (PreparedStatement notify = session.prepareStatement("select pg_notify(?, ?)")) {
                while (!isStopping()) {
                    toSay.acquire();
                    if (changed.getAndSet(false)) {
                        say(notify, CHANGED, "");
                    }
                    long size = placed.getAndSet(NOTHING);
                    if (size != NOTHING) {
                        say(notify, PLACED, Long.toString(size));
                    }
                    wellAgain.run();
                    var unused = stopping.await(BETWEEN_HINTS.toNanos(), TimeUnit.NANOSECONDS);
                }
            }
        }

        private static void say(PreparedStatement notify, String channel, String position) throws SQLException {
            notify.setString(1, channel);
            notify.setString(2, position);
            notify.executeQuery().close();
        }

        private void listen(Connection session, Runnable wellAgain) throws SQLException {
            try (Statement statement = session.createStatement()) {
                statement.execute("listen " + CHANGED);
                statement.execute("listen " + PLACED);
            }
            // What was said before this session heard it.
            hear(CHANGED);
            hear(PLACED);
            PGConnection server = session.unwrap(PGConnection.class);
            int silent = 0;
            while (!isStopping()) {
                PGNotification[] heard = server.getNotifications(LONGEST_WAIT_MILLIS);
                silent = heard.length == 0 ? silent + 1 : 0;
                if (silent == LONGEST_SILENCE && !session.isValid(VALIDITY_SECONDS)) {
                    throw new SQLException("nobody is there any more", "08006");
                }
                silent %= LONGEST_SILENCE;
                wellAgain.run();
                boolean placedSomewhere = false;
                boolean changedSomewhere = false;
                for (PGNotification hint : heard) {
                    placedSomewhere |= hint.getName().equals(PLACED);
                    changedSomewhere |= hint.getName().equals(CHANGED);
                }
                if (changedSomewhere) {
                    hear(CHANGED);
                }
                if (placedSomewhere) {
                    hear(PLACED);
                }
            }
        }

        private void hear(String channel) {
            if (channel.equals(PLACED)) {
                news.tell();
            } else {
                // Somebody else's business if this node does not lead.
                var unused = sequencer.wake();
            }
        }
    }

    @Override
    public void start() {
        if (on) {
            Turn fresh = new Turn();
            turn = fresh;
            fresh.begin();
        }
    }

    @Override
    public void stop() {
        Turn current = turn;
        turn = null;
        if (current != null) {
            try {
                current.end();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return turn != null;
    }

    /** With the sequencer: as long as it gives places, others are told. */
    @Override
    public int getPhase() {
        return -2;
    }
}
