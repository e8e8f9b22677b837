package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.adapter.feed.FeedNews;
import dev.keyledger.api.adapter.vault.WebhookSecrets;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.projection.feed.FeedEvents;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * This node's part in telling webhooks: one thread turns the feed into deliveries, another one has them sent. Both look every second, and sooner when
 * they are told that there is something. In quarantine nothing leaves.
 */
@Component
public class WebhookRunner implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRunner.class);

    /** Stopped before the sequencer, and after those whose work is recorded. */
    private static final int PHASE = -1;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** Between two rounds through the feed, so that many uses of keys do not become as many rounds. */
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(50);

    private static final Duration BETWEEN_FIGURES = Duration.ofSeconds(5);

    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    /** How long an ending node waits for the answers to what it sent. */
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final Webhooks webhooks;
    private final Deliveries deliveries;
    private final WebhookSecrets secrets;
    private final FeedEvents events;
    private final CloudEventForm form;
    private final FanOut fanOut;
    private final FeedNews news;
    private final Quarantine quarantine;
    private final WebhookFigures figures;
    private final WebhookClients clients;
    private final SecureRandom random;
    private final InstantSource clock;
    private @Nullable Life life;

    WebhookRunner(
            Webhooks webhooks,
            Deliveries deliveries,
            WebhookSecrets secrets,
            FeedEvents events,
            CloudEventForm form,
            FanOut fanOut,
            FeedNews news,
            Quarantine quarantine,
            WebhookFigures figures,
            WebhookClients clients,
            SecureRandom random,
            InstantSource clock) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.secrets = secrets;
        this.events = events;
        this.form = form;
        this.fanOut = fanOut;
        this.news = news;
        this.quarantine = quarantine;
        this.figures = figures;
        this.clients = clients;
        this.random = random;
        this.clock = clock;
    }

    /** From a start to a stop. */
    private final class Life {

        private final CountDownLatch stopping = new CountDownLatch(1);
        private final AtomicBoolean changed = new AtomicBoolean();
        private final Semaphore toRead = new Semaphore(0);
        private final Semaphore toSend = new Semaphore(0);
        private final SenderPool pool = new SenderPool(
                webhooks, deliveries, secrets, events, form, clients, figures, random, clock, () -> signal(toSend));
        private final Thread reader = thread("webhook feed", this::read);
        private final Thread sender = thread("webhook claims", this::send);
        private final Runnable unfollow = news.follow(() -> signal(toRead));
        private long figuresAt = System.nanoTime() - BETWEEN_FIGURES.toNanos();
        private int failures;

        void start() {
            figures.watch(pool::inFlight);
            reader.start();
            sender.start();
        }

        private Thread thread(String name, Runnable work) {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        }

        private void signal(Semaphore semaphore) {
            if (semaphore.availablePermits() == 0) {
                semaphore.release();
            }
        }

        private boolean over() {
            return stopping.getCount() == 0;
        }

        private void read() {
            int failed = 0;
            boolean anyway = true;
            try {
                while (!over()) {
                    FanOut.Round round = new FanOut.Round(false, false);
                    try {
                        if (quarantine.why().isEmpty()) {
                            round = fanOut.round(changed.getAndSet(false) || anyway);
                        }
                        look();
                        failed = 0;
                    } catch (RuntimeException unreadable) {
                        failed = failed("the feed is not read for webhooks", unreadable, failed);
                    }
                    if (round.added()) {
                        signal(toSend);
                    }
                    boolean ending =
                            stopping.await(pause(failed, BETWEEN_ROUNDS).toMillis(), TimeUnit.MILLISECONDS);
                    anyway = !ending
                            && !round.more()
                            && !toRead.tryAcquire(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
            }
        }

        private void look() {
            if (System.nanoTime() - figuresAt > BETWEEN_FIGURES.toNanos()) {
                figures.seen(webhooks.all().stream().map(Webhook::id).toList(), deliveries.backlogs());
                figuresAt = System.nanoTime();
            }
        }

        private void send() {
            long end = Long.MAX_VALUE;
            try {
                while (true) {
                    int worked = turn(!over());
                    if (over()) {
                        end = Math.min(end, System.nanoTime() + LONGEST_END.toNanos());
                        if ((pool.inFlight() == 0 && worked == 0 && failures == 0) || System.nanoTime() > end) {
                            return;
                        }
                    }
                    if (failures > 0 && !over()) {
                        var unused =
                                stopping.await(pause(failures, Duration.ZERO).toMillis(), TimeUnit.MILLISECONDS);
                    } else if (worked == 0) {
                        var unused = toSend.tryAcquire(
                                over() ? BETWEEN_ROUNDS.toMillis() : BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
                    }
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
            } finally {
                pool.close();
            }
        }

        private int turn(boolean claiming) {
            try {
                int worked = pool.record();
                if (claiming && quarantine.why().isEmpty()) {
                    worked += pool.claim();
                }
                failures = 0;
                return worked;
            } catch (RuntimeException failed) {
                failures = failed("nothing is sent to webhooks", failed, failures);
                return 0;
            }
        }

        /** Said once, and not at every attempt while the database is away; its text may quote values. */
        private int failed(String what, RuntimeException failed, int before) {
            if (before == 0) {
                LOG.warn("{} at present: {}", what, failed.getClass().getSimpleName());
            }
            return Math.min(before + 1, 10);
        }

        private Duration pause(int failed, Duration otherwise) {
            if (failed == 0) {
                return otherwise;
            }
            Duration pause = BETWEEN_LOOKS.multipliedBy(1L << (failed - 1));
            return pause.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : pause;
        }

        void stop() {
            unfollow.run();
            stopping.countDown();
            signal(toRead);
            signal(toSend);
            try {
                sender.join(2 * LONGEST_END.toMillis());
                reader.join(LONGEST_END.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            if (sender.isAlive() || reader.isAlive()) {
                LOG.warn("the sending to webhooks did not end in time");
            }
        }
    }

    /** Has the node look at once, because somebody changed something. */
    public synchronized void lookAgain() {
        if (life != null) {
            life.changed.set(true);
            life.signal(life.toRead);
            life.signal(life.toSend);
        }
    }

    @Override
    public synchronized void start() {
        if (life == null) {
            life = new Life();
            life.start();
        }
    }

    @Override
    public void stop() {
        Life ending;
        synchronized (this) {
            ending = life;
            life = null;
        }
        if (ending != null) {
            ending.stop();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return life != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
