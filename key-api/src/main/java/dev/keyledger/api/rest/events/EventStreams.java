package dev.keyledger.api.rest.events;

import dev.keyledger.api.adapter.feed.FeedNews;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.api.auth.StandingRight;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.projection.feed.FeedFilter;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * All streams of this node. One thread follows the feed and writes each event once; a few work on the streams that have something to send; two
 * read pages for those that are behind, so that streams never take more than two connections of the ledger, and one for what is new.
 * Without a stream nothing is read. Thread-safe.
 */
@Component
class EventStreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    /** Name of the act in audit records, and of the right that is asked for again. */
    static final String ACTION = "StreamEvents";

    /** Without anything to say, a sign of life is sent; proxies cut what is silent for a minute, some for half of one. */
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** Whoever takes nothing for so long is cut, and comes back to where he was. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long a lost right to read may go on being used. */
    static final Duration RECHECK = Duration.ofMinutes(1);

    /** How long a right may be unknown, because the store cannot be asked. */
    private static final Duration LONGEST_UNCHECKED = RECHECK.multipliedBy(3);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TICKS = Duration.ofSeconds(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(3);

    /** A client waits between these before it comes back: not all at once after a node has gone. */
    private static final int SHORTEST_RETRY_MILLIS = 1_000;

    private static final int LONGEST_RETRY_MILLIS = 5_000;

    private static final int WORKERS = 2;
    private static final int READERS = 2;

    /** Pages that are kept while their clients take their time; what others do not take is read again. */
    private static final int PAGES_HELD = 16;

    /** First to stop: the web server waits for its requests, and streams would keep it waiting. */
    private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    private final Feed feed;
    private final CloudEventForm form;
    private final FeedNews feedNews;
    private final StandingRight rights;
    private final ConnectionRoom room;
    private final SecureRandom random;
    private final int most;
    private final RecentEvents recent = new RecentEvents();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final Semaphore places;
    private final Semaphore pages = new Semaphore(PAGES_HELD);
    private final Counter sent;
    private final Map<EventStream.Ending, Counter> endings = new EnumMap<>(EventStream.Ending.class);
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile @Nullable Turn turn;

    @SuppressWarnings("PMD.ExcessiveParameterList") // Each is a collaborator.
    EventStreams(
            Feed feed,
            CloudEventForm form,
            FeedNews feedNews,
            StandingRight rights,
            ConnectionRoom room,
            SecureRandom random,
            Settings settings,
            MeterRegistry registry) {
        this.feed = feed;
        this.form = form;
        this.feedNews = feedNews;
        this.rights = rights;
        this.room = room;
        this.random = random;
        this.most = settings.events().streams();
        this.places = new Semaphore(most);
        this.sent = Counter.builder("keyledger.event.streams.sent")
                .description("Events that were sent over streams")
                .baseUnit("events")
                .register(registry);
        for (EventStream.Ending how : EventStream.Ending.values()) {
            endings.put(
                    how,
                    Counter.builder("keyledger.event.streams.ended")
                            .description(
                                    "Streams that came to an end: the client left, was slow, is denied, or the node stops")
                            .tag("ending", how.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        Gauge.builder("keyledger.event.streams.connected", streams::size)
                .description("Streams of events that are connected to this node")
                .baseUnit("streams")
                .register(registry);
        Gauge.builder("keyledger.event.streams.lag", this::lag)
                .description(
                        "Places in the log that the stream furthest behind has not got to, of those that this node knows")
                .baseUnit("records")
                .register(registry);
    }

    private double lag() {
        long end = recent.end().logIndex();
        return streams.stream()
                .mapToLong(stream -> Math.max(0, end - stream.position().logIndex()))
                .max()
                .orElse(0);
    }

    /**
     * Takes a place for a stream.
     *
     * @param position where the client is
     * @throws Refusal {@code THROTTLING} if there is none, {@code SERVICE_UNAVAILABLE} if the node stops
     */
    EventStream open(Caller caller, FeedFilter filter, FeedPosition position) {
        if (turn == null) {
            throw notNow();
        }
        if (!places.tryAcquire()) {
            throw Refusal.of(ErrorCode.THROTTLING)
                    .because("too many streams at a time")
                    .advising("This node serves " + most + " streams at a time.");
        }
        int retry = SHORTEST_RETRY_MILLIS + random.nextInt(LONGEST_RETRY_MILLIS - SHORTEST_RETRY_MILLIS);
        EventStream stream = new EventStream(this, caller, filter, position, Frames.opening(retry, position), now());
        room.add(1);
        streams.add(stream);
        Turn current = turn;
        if (current == null) {
            stream.end(EventStream.Ending.UNOPENED);
            throw notNow();
        }
        current.look();
        return stream;
    }

    private static Refusal notNow() {
        return Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("the node starts or stops");
    }

    void ended(EventStream stream, EventStream.Ending how) {
        if (streams.remove(stream)) {
            room.add(-1);
            places.release();
            Counter counter = endings.get(how);
            if (counter != null) {
                counter.increment();
            }
        }
    }

    RecentEvents recent() {
        return recent;
    }

    byte[] frame(FeedEvent event) {
        return Frames.event(event, form);
    }

    Feed.Page page(FeedPosition after, FeedFilter filter, int limit) {
        Feed.Page page = feed.after(after, filter, limit);
        failing.set(false);
        return page;
    }

    void unreadable(RuntimeException failed) {
        if (!failing.getAndSet(true)) {
            LOG.warn(
                    "streams cannot be served from the store at present: {}",
                    failed.getClass().getSimpleName());
        }
    }

    void sent(int events) {
        sent.increment(events);
    }

    boolean holdPage() {
        return pages.tryAcquire();
    }

    void releasePage() {
        pages.release();
    }

    long now() {
        return System.nanoTime();
    }

    void work(Runnable task) {
        Turn current = turn;
        if (current != null) {
            current.give(current.workers, task);
        }
    }

    void read(Runnable task) {
        Turn current = turn;
        if (current != null) {
            current.give(current.readers, task);
        }
    }

    /** From a start to a stop. */
    private final class Turn {

        private final CountDownLatch stopping = new CountDownLatch(1);
        private final Semaphore news = new Semaphore(0);
        private final ExecutorService workers = threads(WORKERS, "event-streams");
        private final ExecutorService readers = threads(READERS, "event-pages");
        private final Thread follower = new Thread(this::follow, "event-follower");
        private final Thread ticker = new Thread(this::tick, "event-ticker");
        private Runnable unfollow = () -> {};

        private static ExecutorService threads(int count, String name) {
            return Executors.newFixedThreadPool(count, work -> {
                Thread thread = new Thread(work, name);
                thread.setDaemon(true);
                return thread;
            });
        }

        private void begin() {
            unfollow = feedNews.follow(this::look);
            follower.setDaemon(true);
            ticker.setDaemon(true);
            follower.start();
            ticker.start();
        }

        private void end() throws InterruptedException {
            unfollow.run();
            stopping.countDown();
            look();
            List.copyOf(streams).forEach(stream -> stream.end(EventStream.Ending.STOPPED));
            workers.shutdown();
            readers.shutdown();
            follower.join(LONGEST_END.toMillis());
            ticker.join(LONGEST_END.toMillis());
        }

        private boolean isStopping() {
            return stopping.getCount() == 0;
        }

        private void look() {
            if (news.availablePermits() == 0) {
                news.release();
            }
        }

        private void give(ExecutorService to, Runnable task) {
            try {
                to.execute(task);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("a stream is left alone, because the node stops");
            }
        }

        private void follow() {
            try {
                @Nullable FeedPosition position = null;
                while (!isStopping()) {
                    if (streams.isEmpty()) {
                        recent.forget();
                        position = null;
                        news.acquire();
                    } else {
                        position = look(position);
                    }
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
                LOG.warn("no more events are streamed by this node");
            }
        }

        private @Nullable FeedPosition look(@Nullable FeedPosition known) throws InterruptedException {
            FeedPosition position = known;
            boolean more = false;
            try {
                if (position == null) {
                    position = feed.head();
                    recent.beginAt(position);
                    // Some may be there already, and behind it.
                    streams.forEach(EventStream::tell);
                } else {
                    Feed.Page page = page(position, FeedFilter.NONE, Feed.MOST);
                    recent.add(frames(page.events()), page.readTo());
                    position = page.readTo();
                    more = page.more();
                    if (!page.events().isEmpty()) {
                        streams.forEach(EventStream::tell);
                    }
                }
            } catch (RuntimeException failed) {
                unreadable(failed);
            }
            if (!more) {
                var unused = news.tryAcquire(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
            }
            return position;
        }

        private List<RecentEvents.Recent> frames(List<FeedEvent> events) {
            List<RecentEvents.Recent> frames = new ArrayList<>(events.size());
            for (FeedEvent event : events) {
                frames.add(new RecentEvents.Recent(event.withoutPayload(), frame(event)));
            }
            return frames;
        }

        private void tick() {
            try {
                while (!stopping.await(BETWEEN_TICKS.toNanos(), TimeUnit.NANOSECONDS)) {
                    long now = now();
                    // Asked once for all streams of an access key.
                    Map<Caller, List<EventStream>> toCheck = new HashMap<>();
                    for (EventStream stream : streams) {
                        if (stream.tick(now)) {
                            toCheck.computeIfAbsent(stream.caller(), caller -> new ArrayList<>())
                                    .add(stream);
                        }
                    }
                    toCheck.forEach((caller, theirs) -> give(readers, () -> check(caller, theirs)));
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
                LOG.warn("streams of this node are no longer looked after");
            }
        }
    }

    /** Ends streams whose caller may not read any more; who cannot be asked for is not believed for ever. */
    void check(Caller caller, List<EventStream> theirs) {
        long now = now();
        try {
            rights.requireReader(caller, ACTION);
            theirs.forEach(stream -> stream.checked(now));
        } catch (Refusal denied) {
            theirs.forEach(stream -> stream.end(EventStream.Ending.DENIED));
        } catch (RuntimeException unknown) {
            unreadable(unknown);
            theirs.stream()
                    .filter(stream -> stream.uncheckedFor(now).compareTo(LONGEST_UNCHECKED) > 0)
                    .forEach(stream -> stream.end(EventStream.Ending.DENIED));
        }
    }

    /** All streams that there are. */
    Set<EventStream> all() {
        return Set.copyOf(streams);
    }

    @Override
    public void start() {
        Turn fresh = new Turn();
        turn = fresh;
        fresh.begin();
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

    @Override
    public int getPhase() {
        return PHASE;
    }
}
