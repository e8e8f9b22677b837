package dev.keyledger.api.adapter.webhook;

import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.feed.FeedEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What messages say: CloudEvents, of bounded length. */
final class MessageBody {

    /** Longest body, in bytes. */
    static final int MOST = 20 * 1024;

    /** Type of the event that an operator has sent to see whether it arrives. */
    static final String TEST_TYPE = "keyledger.webhook.test";

    private static final JsonMapper JSON = JsonMapper.shared();

    private MessageBody() {}

    /** Of an event. One that is too long, by many tags of many bytes, goes without its data and says so. */
    static byte[] of(FeedEvent event, CloudEventForm form) {
        byte[] whole = form.bytes(event);
        if (whole.length <= MOST) {
            return whole;
        }
        ObjectNode abridged = (ObjectNode) JSON.readTree(whole);
        abridged.remove("data");
        abridged.remove("datacontenttype");
        abridged.put("dataomitted", true);
        return JSON.writeValueAsBytes(abridged);
    }

    /** Of a test, which has no place in the feed. */
    static byte[] ofTest(String eventId, UUID webhookId, String source, Instant now) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("specversion", "1.0");
        body.put("id", eventId);
        body.put("source", source);
        body.put("type", TEST_TYPE);
        body.put("subject", "webhook/" + webhookId);
        body.put("time", now.toString());
        body.put("datacontenttype", "application/json");
        body.put("data", Map.of("webhookId", webhookId.toString()));
        return JSON.writeValueAsBytes(body);
    }
}
