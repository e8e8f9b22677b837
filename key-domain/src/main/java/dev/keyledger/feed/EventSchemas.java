package dev.keyledger.feed;

import dev.keyledger.feed.PublicEvents.Form;
import dev.keyledger.feed.PublicEvents.Kind;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The data of events as JSON Schema 2020-12, one document for each form. A schema lets unknown members pass, because a form may get some
 * without a new revision.
 */
public final class EventSchemas {

    /** Media type of a schema. */
    public static final String MEDIA_TYPE = "application/schema+json";

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private static final String UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

    private static final String INSTANT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";

    private static final JsonFactory JSON = new JsonFactory();

    private EventSchemas() {}

    /** The schema of a form; equal forms have equal bytes. */
    public static byte[] of(Form form) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("$schema", DIALECT);
            json.writeStringProperty("$id", CloudEventForm.schema(form.type(), form.revision()));
            json.writeStringProperty("title", form.type());
            json.writeStringProperty("description", form.words());
            json.writeStringProperty("type", "object");
            json.writeName("properties");
            json.writeStartObject();
            form.members().forEach((name, kind) -> {
                json.writeName(name);
                value(kind, json);
            });
            json.writeEndObject();
            json.writeName("required");
            json.writeStartArray();
            form.members().keySet().forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void value(Kind kind, JsonGenerator json) {
        json.writeStartObject();
        switch (kind) {
            case TEXT -> type(json, "string");
            case ID -> text(json, UUID);
            case ID_OR_NULL -> textOrNull(json, UUID);
            case INSTANT -> text(json, INSTANT);
            case INSTANT_OR_NULL -> textOrNull(json, INSTANT);
            case FLAG -> type(json, "boolean");
            case PAIRS -> {
                type(json, "object");
                each(json, "additionalProperties");
            }
            case NAMES -> {
                type(json, "array");
                each(json, "items");
            }
        }
        json.writeEndObject();
    }

    private static void type(JsonGenerator json, String type) {
        json.writeStringProperty("type", type);
    }

    private static void text(JsonGenerator json, String pattern) {
        type(json, "string");
        json.writeStringProperty("pattern", pattern);
    }

    /** A pattern says something of texts alone, so null passes it. */
    private static void textOrNull(JsonGenerator json, String pattern) {
        json.writeName("type");
        json.writeStartArray();
        json.writeString("string");
        json.writeString("null");
        json.writeEndArray();
        json.writeStringProperty("pattern", pattern);
    }

    /** What is inside is text. */
    private static void each(JsonGenerator json, String what) {
        json.writeName(what);
        json.writeStartObject();
        type(json, "string");
        json.writeEndObject();
    }
}
