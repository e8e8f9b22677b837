package dev.keyledger.feed;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Events as CloudEvents 1.0 in JSON (structured mode). Of a stored payload only what {@link PublicEvents} names is copied. Equal events have
 * equal bytes. Thread-safe.
 */
public final class CloudEventForm {

    /** Of one event. */
    public static final String MEDIA_TYPE = "application/cloudevents+json";

    /** Of an array of them. */
    public static final String BATCH_MEDIA_TYPE = "application/cloudevents-batch+json";

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String source;

    /**
     * A form.
     *
     * @param origin name of the log, which no other log has
     */
    public CloudEventForm(String origin) {
        this.source = source(origin);
    }

    /** What {@code source} says of events of a log. */
    public static String source(String origin) {
        return "urn:keyledger:" + origin;
    }

    /** Name of the schema of an event's data, as {@code dataschema} has it. */
    public static String schema(String type, String revision) {
        return "urn:keyledger:schema:" + type + ":" + revision;
    }

    /** The bytes of one event. */
    public byte[] bytes(FeedEvent event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        write(event, out);
        return out.toByteArray();
    }

    /** Writes one event. */
    public void write(FeedEvent event, OutputStream out) {
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("specversion", "1.0");
            json.writeStringProperty("id", event.id());
            json.writeStringProperty("source", source);
            json.writeStringProperty("type", event.type());
            json.writeStringProperty("subject", event.subject());
            json.writeStringProperty("time", event.timeText());
            json.writeStringProperty("datacontenttype", "application/json");
            json.writeStringProperty("dataschema", schema(event.type(), event.revision()));
            json.writeStringProperty("sequence", event.position().text());
            json.writeNumberProperty("subjectversion", event.subjectVersion());
            json.writeName("data");
            data(event, json);
            json.writeEndObject();
        }
    }

    private static void data(FeedEvent event, JsonGenerator json) {
        Map<String, PublicEvents.Kind> members = PublicEvents.of(event.type(), event.revision())
                .map(PublicEvents.Form::members)
                .orElse(Map.of());
        json.writeStartObject();
        try (JsonParser stored = JSON.createParser(ObjectReadContext.empty(), event.payload())) {
            stored.nextToken();
            while (stored.nextToken() == JsonToken.PROPERTY_NAME) {
                if (members.containsKey(stored.currentName())) {
                    json.copyCurrentStructure(stored);
                } else {
                    stored.nextToken();
                    stored.skipChildren();
                }
            }
        }
        json.writeEndObject();
    }

    /** The public members of an event as text, for whoever wants no JSON: what is null is left out. */
    public static Optional<String> member(FeedEvent event, String name) {
        try (JsonParser stored = JSON.createParser(ObjectReadContext.empty(), event.payload())) {
            boolean known = PublicEvents.of(event.type(), event.revision())
                    .map(form -> form.members().containsKey(name))
                    .orElse(false);
            stored.nextToken();
            while (known && stored.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = stored.currentName().equals(name);
                JsonToken value = stored.nextToken();
                if (wanted) {
                    return value.isScalarValue() && value != JsonToken.VALUE_NULL
                            ? Optional.of(stored.getString())
                            : Optional.empty();
                }
                stored.skipChildren();
            }
            return Optional.empty();
        }
    }
}
