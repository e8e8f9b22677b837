package dev.keyledger.api.rest.events;

import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What goes over a stream of server-sent events. */
final class Frames {

    private static final byte[] DATA = ascii("\ndata: ");
    private static final byte[] END = ascii("\n\n");

    private Frames() {}

    /** An event: its sequence is the id that a client comes back with, and the CloudEvent is one line. */
    static byte[] event(FeedEvent event, CloudEventForm form) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(640);
        frame.writeBytes(ascii("id: " + event.position().text()));
        frame.writeBytes(DATA);
        form.write(event, frame);
        frame.writeBytes(END);
        return frame.toByteArray();
    }

    /** The beginning: how long a client waits before it comes back, and from where. */
    static byte[] opening(int retryMillis, FeedPosition position) {
        return ascii("retry: " + retryMillis + "\n" + id(position) + "\n");
    }

    /** A sign of life: a comment, and the position read to, which is not the last event's where a filter let others pass by. */
    static byte[] heartbeat(FeedPosition position) {
        return ascii(":\n" + id(position) + "\n");
    }

    /** Without data, so it is no event; who is at the beginning comes back as he came. */
    private static String id(FeedPosition position) {
        return position.compareTo(FeedPosition.BEGINNING) > 0 ? "id: " + position.text() + "\n" : "";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
