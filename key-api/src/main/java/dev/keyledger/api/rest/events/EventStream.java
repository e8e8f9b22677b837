package dev.keyledger.api.rest.events;

import dev.keyledger.api.auth.Caller;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.projection.feed.FeedFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream: a position, and how it gets from there to the end of the feed. It is worked on by one thread at a time and by none while
 * there is nothing to do, so that a thousand of them need no thousand threads.
 *
 * <p>What is sent comes from what is recent if that goes back to the position, and from pages of the store if not. Positions are in one order
 * in both, so where one ends and the other begins nothing is missing and nothing comes twice.
 */
final class EventStream {

    /** How a stream ended. */
    enum Ending {
        /** The client went. */
        LEFT,
        /** The client took nothing for too long. */
        SLOW,
        /** The client may not read any more. */
        DENIED,
        /** The node stops. */
        STOPPED,
        /** Its request was refused in the end. */
        UNOPENED
    }

    private static final byte[] NOTHING = new byte[0];

    /** First page of a stream; who takes pages whole gets larger ones. */
    private static final int FIRST_PAGE = 200;

    private static final int SMALLEST_PAGE = 50;

    private static final long NEVER = -1;

    private final EventStreams streams;
    private final Caller caller;
    private final FeedFilter filter;

    /** Above 0: somebody works on it, or will. */
    private final AtomicInteger signals = new AtomicInteger();

    /** How often there was news. */
    private final AtomicLong news = new AtomicLong();

    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable Wire wire;
    private volatile boolean heartbeatDue;
    private volatile FeedPosition position;
    private volatile long sentAt;
    private volatile long fullSince;
    private volatile boolean full;
    private volatile long checkedAt;

    // What only the thread that works on it touches.
    private byte[] sending = NOTHING;
    private int sent;
    private Deque<FeedEvent> page = new ArrayDeque<>();
    private FeedPosition pageEnd = FeedPosition.BEGINNING;
    private int pageLimit = FIRST_PAGE;
    private boolean holdsPage;
    private long exhaustedAt = NEVER;
    private boolean wantsStore;

    EventStream(
            EventStreams streams, Caller caller, FeedFilter filter, FeedPosition position, byte[] opening, long now) {
        this.streams = streams;
        this.caller = caller;
        this.filter = filter;
        this.position = position;
        this.sending = opening;
        this.sentAt = now;
        this.checkedAt = now;
    }

    Caller caller() {
        return caller;
    }

    FeedPosition position() {
        return position;
    }

    /** Whether the client has not taken what it was sent. */
    boolean isFull() {
        return full;
    }

    boolean isOver() {
        return ended.get();
    }

    /** The client is there. */
    void connected(Wire to) {
        wire = to;
        if (isOver()) {
            to.close();
        }
        signal();
    }

    /** The wire was full and takes something again. */
    void writable() {
        signal();
    }

    /** There may be new events. */
    void tell() {
        news.incrementAndGet();
        signal();
    }

    /** Ends it; only the first time counts. */
    void end(Ending how) {
        if (ended.compareAndSet(false, true)) {
            Wire to = wire;
            if (to != null) {
                to.close();
            }
            streams.ended(this, how);
            // Whoever works on it lets go of what it holds.
            signal();
        }
    }

    /**
     * What is due at this moment.
     *
     * @param now machine time in nanoseconds
     * @return whether the right to read is to be asked for again
     */
    boolean tick(long now) {
        if (full && now - fullSince > EventStreams.PATIENCE.toNanos()) {
            end(Ending.SLOW);
            return false;
        }
        if (!full && now - sentAt > EventStreams.HEARTBEAT.toNanos()) {
            heartbeatDue = true;
            // Also a look at the store, if the last one failed.
            tell();
        }
        return now - checkedAt > EventStreams.RECHECK.toNanos();
    }

    /** The right to read was asked for and is there. */
    void checked(long now) {
        checkedAt = now;
    }

    /** How long nobody has found out whether its caller may still read. */
    Duration uncheckedFor(long now) {
        return Duration.ofNanos(now - checkedAt);
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            streams.work(this::run);
        }
    }

    /** Does whatever can be done without waiting for anybody. */
    private void run() {
        int seen;
        do {
            seen = signals.get();
            try {
                advance();
            } catch (IOException gone) {
                end(Ending.LEFT);
            }
            if (isOver()) {
                dropPage();
                return;
            }
            if (wantsStore) {
                // Stays signalled: whoever reads goes on here afterwards.
                wantsStore = false;
                streams.read(this::readPage);
                return;
            }
        } while (!signals.compareAndSet(seen, 0));
    }

    private void advance() throws IOException {
        Wire to = wire;
        if (to == null) {
            return;
        }
        if (full) {
            if (!to.flush()) {
                return;
            }
            full = false;
        }
        while (!isOver()) {
            while (sent < sending.length) {
                int length = Math.min(Wire.MOST, sending.length - sent);
                boolean takesMore = to.write(sending, sent, length);
                sent += length;
                sentAt = streams.now();
                if (!takesMore) {
                    fullSince = sentAt;
                    full = true;
                    letPageGo();
                    return;
                }
            }
            sending = next();
            sent = 0;
            if (sending.length == 0) {
                return;
            }
        }
    }

    /** What to send next; nothing if there is nothing, or the store has to be asked. */
    private byte[] next() {
        while (true) {
            if (!page.isEmpty()) {
                return fromPage();
            }
            if (holdsPage) {
                pageDone();
            }
            if (heartbeatDue) {
                heartbeatDue = false;
                return Frames.heartbeat(position);
            }
            RecentEvents.Part part = streams.recent().after(position);
            if (part == null || (filter.tag().isPresent() && RecentEvents.mayConcern(part, filter))) {
                // A page that had nothing is not asked for again before there is news.
                wantsStore = exhaustedAt != news.get();
                return NOTHING;
            }
            byte[] frames = frames(part);
            if (frames.length > 0 || part.readTo().equals(position)) {
                position = part.readTo();
                return frames;
            }
            position = part.readTo();
        }
    }

    private byte[] frames(RecentEvents.Part part) {
        if (part.events().isEmpty() || filter.tag().isPresent()) {
            return NOTHING;
        }
        if (part.events().size() == 1) {
            RecentEvents.Recent only = part.events().get(0);
            if (!filter.admits(only.event())) {
                return NOTHING;
            }
            streams.sent(1);
            return only.frame();
        }
        ByteArrayOutputStream frames = new ByteArrayOutputStream(Wire.MOST);
        int count = 0;
        for (RecentEvents.Recent each : part.events()) {
            if (filter.admits(each.event())) {
                frames.writeBytes(each.frame());
                count++;
            }
        }
        streams.sent(count);
        return frames.toByteArray();
    }

    private byte[] fromPage() {
        ByteArrayOutputStream frames = new ByteArrayOutputStream(2 * Wire.MOST);
        int count = 0;
        FeedPosition last = position;
        while (!page.isEmpty() && frames.size() < Wire.MOST) {
            FeedEvent event = page.removeFirst();
            frames.writeBytes(streams.frame(event));
            last = event.position();
            count++;
        }
        streams.sent(count);
        position = page.isEmpty() ? pageEnd : last;
        return frames.toByteArray();
    }

    /** On a thread that may wait for the store. */
    private void readPage() {
        long seen = news.get();
        try {
            Feed.Page read = streams.page(position, filter, pageLimit);
            page = new ArrayDeque<>(read.events());
            pageEnd = read.readTo();
            holdsPage = !page.isEmpty() && streams.holdPage();
            if (page.isEmpty()) {
                position = pageEnd;
            }
            if (!read.more()) {
                exhaustedAt = seen;
            }
        } catch (RuntimeException unreadable) {
            streams.unreadable(unreadable);
            exhaustedAt = seen;
        }
        streams.work(this::run);
    }

    private void pageDone() {
        pageLimit = Math.min(Feed.MOST, pageLimit * 2);
        dropPage();
    }

    /** The client does not take the page at once: it is kept for him if not too many have one already, and read again if so. */
    private void letPageGo() {
        if (!holdsPage && !page.isEmpty()) {
            pageLimit = Math.max(SMALLEST_PAGE, pageLimit / 2);
            page.clear();
            exhaustedAt = NEVER;
        }
    }

    private void dropPage() {
        page.clear();
        if (holdsPage) {
            holdsPage = false;
            streams.releasePage();
        }
    }
}
