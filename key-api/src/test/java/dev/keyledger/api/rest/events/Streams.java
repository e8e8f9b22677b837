package dev.keyledger.api.rest.events;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.auth.Caller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The streams of a node in the tests' process, and what time alone would do to them. */
public final class Streams {

    private Streams() {}

    /** How many are connected. */
    public static int connected(TestNode node) {
        return node.bean(EventStreams.class).all().size();
    }

    /** How many wait for their client. */
    public static long full(TestNode node) {
        return node.bean(EventStreams.class).all().stream()
                .filter(EventStream::isFull)
                .count();
    }

    /** Cuts all connections, as a network does. */
    public static void cut(TestNode node) {
        node.bean(EventStreams.class).all().forEach(stream -> stream.end(EventStream.Ending.LEFT));
    }

    /** Has so much time pass for streams, and for nothing else. */
    public static void pass(TestNode node, Duration time) {
        long then = System.nanoTime() + time.toNanos();
        node.bean(EventStreams.class).all().forEach(stream -> stream.tick(then));
    }

    /** Asks for the right to read again, as it is done every minute. */
    public static void recheck(TestNode node) {
        EventStreams streams = node.bean(EventStreams.class);
        Map<Caller, List<EventStream>> byCaller =
                streams.all().stream().collect(Collectors.groupingBy(EventStream::caller));
        byCaller.forEach((caller, theirs) -> streams.check(caller, new ArrayList<>(theirs)));
    }
}
