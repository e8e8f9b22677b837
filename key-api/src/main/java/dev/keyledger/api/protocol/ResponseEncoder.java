package dev.keyledger.api.protocol;

import dev.keyledger.refusal.Refusal;
import java.io.StringWriter;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns what an operation returned into the bytes of its answer, JSON or XML.
 *
 * <p><b>How a response is described.</b> An operation returns a record; records nest. For each component:
 *
 * <ul>
 *   <li>The member's name is the component's name with a capital first letter: {@code keyId} is {@code KeyId}. {@link WireName} overrides
 *       it, for example for {@code DKMSInstanceId}.
 *   <li>Members appear in the order of the components, then {@code RequestId}, which the encoder adds: a response record must not have it.
 *   <li>{@code String}, {@code boolean}, {@code int} and {@code long} are themselves; in JSON, numbers and booleans are bare. An enum is
 *       its {@code toString}. An {@link Instant} is {@code yyyy-MM-ddTHH:mm:ssZ} in UTC, cut to whole seconds. Bytes are not a member type:
 *       the operation writes Base64 text.
 *   <li>{@code null} and an empty {@link Optional} leave the member out; empty text stays in.
 *   <li>A nested record is an object: {@code record DescribeKeyResponse(KeyMetadata keyMetadata)} is {@code {"KeyMetadata":{…}}}.
 *   <li>A {@code List} of records or of simple values is an array. The protocol wraps every array in an object whose only member names the
 *       items, and the clients read it in no other form. The wrapper is a record of its own:
 *       <pre>{@code
 * record ListKeysResponse(Keys keys, int totalCount, int pageNumber, int pageSize) {
 *     record Keys(List<Entry> key) {}
 *     record Entry(String keyId, String keyArn) {}
 * }
 * JSON: {"Keys":{"Key":[{"KeyId":"…","KeyArn":"…"}]},"TotalCount":1,…,"RequestId":"…"}
 * XML:  <KMS><Keys><Key><KeyId>…</KeyId><KeyArn>…</KeyArn></Key></Keys><TotalCount>1</TotalCount>…</KMS>
 * }</pre>
 *       An empty list is {@code {"Keys":{"Key":[]}}} and {@code <Keys></Keys>}; it is never left out.
 *   <li>{@link Acknowledged} has no component: the answer is {@code RequestId} alone.
 * </ul>
 *
 * <p>JSON is not escaped for HTML and keeps characters outside ASCII as they are, because the vendor's older Java client does not decode
 * {@code \}{@code u} escapes. Characters that XML cannot carry become U+FFFD. Source: the vendor's pages "Responses" and those of the
 * operations. Thread-safe.
 */
@Component
public final class ResponseEncoder {

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Where the vendor explains its error codes; answers name the code only. */
    private static final String EXPLANATION =
            "https://error-center.alibabacloud.com/status/search?source=PopGw&Keyword=";

    private static final String REQUEST_ID = "RequestId";

    private static final char REPLACEMENT = '\uFFFD';

    private final JsonMapper json = JsonMapper.builder().build();
    private final XMLOutputFactory xml = XMLOutputFactory.newDefaultFactory();
    private final ClassValue<List<Member>> members = new ClassValue<>() {
        @Override
        protected List<Member> computeValue(Class<?> type) {
            return membersOf(type);
        }
    };

    private record Member(String name, MethodHandle accessor) {}

    /**
     * The body of a successful answer.
     *
     * @param response a record as described above
     * @throws IllegalArgumentException if it is not one; a fault of the operation
     */
    byte[] success(WireFormat format, Object response, String requestId) {
        return switch (format) {
            case JSON -> json(response, requestId);
            case XML ->
                document("KMS", withRequestId(object(response), response, requestId))
                        .getBytes(StandardCharsets.UTF_8);
        };
    }

    private static Map<String, Object> withRequestId(Map<String, Object> body, Object response, String requestId) {
        if (body.putIfAbsent(REQUEST_ID, requestId) != null) {
            throw twoRequestIds(response);
        }
        return body;
    }

    private static IllegalArgumentException twoRequestIds(Object response) {
        return new IllegalArgumentException(response.getClass().getName() + " must not have a RequestId");
    }

    /** Written straight from the record to bytes: it is what the SDKs ask for. */
    private byte[] json(Object response, String requestId) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(512);
        try (JsonGenerator generator = json.createGenerator(bytes)) {
            generator.writeStartObject();
            for (Member member : members.get(response.getClass())) {
                if (member.name.equals(REQUEST_ID)) {
                    throw twoRequestIds(response);
                }
                write(generator, member, response);
            }
            generator.writeStringProperty(REQUEST_ID, requestId);
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private void write(JsonGenerator generator, Member member, Object owner) {
        Object value = read(member, owner);
        if (value instanceof Optional<?> optional) {
            value = optional.orElse(null);
        }
        if (value != null) {
            generator.writeName(member.name);
            write(generator, value);
        }
    }

    private void write(JsonGenerator generator, Object value) {
        Object plain = simple(value);
        if (plain instanceof String text) {
            generator.writeString(text);
        } else if (plain instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (plain instanceof Integer number) {
            generator.writeNumber(number);
        } else if (plain instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof List<?> list) {
            generator.writeStartArray();
            for (Object item : list) {
                write(generator, item);
            }
            generator.writeEndArray();
        } else {
            generator.writeStartObject();
            for (Member member : members.get(value.getClass())) {
                write(generator, member, value);
            }
            generator.writeEndObject();
        }
    }

    /** The plain form of a value that is neither a list nor a record; null if it is one of them. */
    private static @Nullable Object simple(Object value) {
        if (value instanceof String text) {
            return wellFormed(text);
        }
        if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            return value;
        }
        if (value instanceof Enum<?> constant) {
            return constant.toString();
        }
        return value instanceof Instant instant ? SECONDS.format(instant) : null;
    }

    /**
     * The body of a refusal: the members of both of the vendor's documented shapes.
     *
     * @param host the host the client asked for
     */
    byte[] error(WireFormat format, Refusal refusal, String requestId, String host) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("HttpStatus", refusal.code().httpStatus());
        body.put("Code", refusal.code().code());
        body.put("Message", refusal.clientMessage());
        body.put(REQUEST_ID, requestId);
        body.put("HostId", host);
        body.put("Recommend", EXPLANATION + refusal.code().code());
        return encode(format, "Error", body);
    }

    private byte[] encode(WireFormat format, String root, Map<String, Object> body) {
        String text = switch (format) {
            case JSON -> json.writeValueAsString(body);
            case XML -> document(root, body);
        };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Members of a record under their names on the wire, as an answer would have them. */
    public Map<String, Object> members(Object response) {
        return object(response);
    }

    private Map<String, Object> object(Object response) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (Member member : members.get(response.getClass())) {
            Object value = value(read(member, response));
            if (value != null) {
                object.put(member.name, value);
            }
        }
        return object;
    }

    private @Nullable Object value(@Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            return value(optional.orElse(null));
        }
        if (value == null) {
            return null;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::value).toList();
        }
        Object plain = simple(value);
        return plain == null ? object(value) : plain;
    }

    private static List<Member> membersOf(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw new IllegalArgumentException(type.getName() + " is not a type that a response can have");
        }
        return Arrays.stream(components)
                .map(component -> {
                    Method accessor = component.getAccessor();
                    accessor.setAccessible(true); // Response records are package-private.
                    return new Member(wireName(component), handle(accessor));
                })
                .toList();
    }

    private static String wireName(RecordComponent component) {
        WireName given = component.getAnnotation(WireName.class);
        if (given != null) {
            return given.value();
        }
        String name = component.getName();
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static MethodHandle handle(Method accessor) {
        try {
            return MethodHandles.lookup().unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException impossible) {
            throw new IllegalArgumentException("cannot read " + accessor, impossible);
        }
    }

    private static @Nullable Object read(Member member, Object owner) {
        try {
            return (Object) member.accessor.invokeExact(owner);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new IllegalArgumentException("cannot read " + member.name, checked);
        }
    }

    private String document(String root, Map<String, Object> body) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter writer = xml.createXMLStreamWriter(text);
            writer.writeStartDocument("UTF-8", "1.0");
            element(writer, root, body);
            writer.writeEndDocument();
            writer.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return text.toString();
    }

    private static void element(XMLStreamWriter writer, String name, Object value) throws XMLStreamException {
        if (value instanceof List<?> list) {
            for (Object item : list) {
                element(writer, name, item);
            }
            return;
        }
        writer.writeStartElement(name);
        if (value instanceof Map<?, ?> object) {
            for (Map.Entry<?, ?> member : object.entrySet()) {
                element(writer, (String) member.getKey(), member.getValue());
            }
        } else {
            characters(writer, value.toString());
        }
        writer.writeEndElement();
    }

    private static void characters(XMLStreamWriter writer, String text) throws XMLStreamException {
        StringBuilder run = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r') {
                // A bare carriage return would reach the reader as a line feed.
                writer.writeCharacters(run.toString());
                run.setLength(0);
                writer.writeEntityRef("#13");
            } else {
                run.append(xmlCanCarry(c) ? c : REPLACEMENT);
            }
        }
        writer.writeCharacters(run.toString());
    }

    private static boolean xmlCanCarry(char c) {
        return c == '\t' || c == '\n' || (c >= ' ' && c < '\uFFFE');
    }

    /** Half a surrogate pair has no UTF-8 form. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (repaired == null) {
                repaired = new StringBuilder(text);
            }
            repaired.setCharAt(i, REPLACEMENT);
        }
        return repaired == null ? text : repaired.toString();
    }
}
