package dev.keyledger.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyLifecycleSaga;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.axonframework.eventhandling.GapAwareTrackingToken;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.MergedTrackingToken;
import org.axonframework.eventhandling.ReplayToken;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.tokenstore.ConfigToken;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.saga.SagaScopeDescriptor;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.SimpleSerializedType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {

    private static final KeyId KEY = new KeyId("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");
    private static final String ENABLED =
            "{\"at\":\"2026-11-24T10:00:00.000Z\",\"keyId\":\"1339cb7d-54d3-47e0-b595-c7d3dba82b6f\"}";

    private final Serializer serializer = EventJson.serializer();

    static Stream<Object> technicalObjects() {
        TrackingToken gaps = GapAwareTrackingToken.newInstance(12, List.of(7L, 9L));
        return Stream.of(
                gaps,
                new GlobalSequenceTrackingToken(3),
                MergedTrackingToken.merged(gaps, GapAwareTrackingToken.newInstance(20, List.of())),
                ReplayToken.createReplayToken(gaps, null),
                ReplayToken.createReplayToken(gaps, GapAwareTrackingToken.newInstance(2, List.of())),
                new ConfigToken(Map.of("id", "store")),
                new SagaScopeDescriptor("KeyLifecycleSaga", "a-saga"),
                new KeyLifecycleSaga.ExpiryDue(KEY),
                new KeyLifecycleSaga.DestructionDue(KEY));
    }

    @ParameterizedTest
    @MethodSource("technicalObjects")
    void what_the_framework_stores_is_read_back_from_bytes_and_from_text(Object object) {
        SerializedObject<byte[]> bytes = serializer.serialize(object, byte[].class);
        assertThat(serializer.<byte[], Object>deserialize(bytes)).isEqualTo(object);
        assertThat(bytes.getType().getName()).startsWith("keyledger.");

        SerializedObject<String> text = serializer.serialize(object, String.class);
        // The scheduler keeps data and name, and no revision where there is none.
        assertThat(serializer.<String, Object>deserialize(new SimpleSerializedObject<>(
                        text.getData(),
                        String.class,
                        text.getType().getName(),
                        text.getType().getRevision())))
                .isEqualTo(object);
    }

    @Test
    void a_saga_is_stored_under_its_name_with_its_timers() throws ReflectiveOperationException {
        KeyLifecycleSaga saga = new KeyLifecycleSaga();
        Field timer = KeyLifecycleSaga.class.getDeclaredField("expiryTimer");
        timer.setAccessible(true);
        timer.set(saga, "timer-1");

        SerializedObject<byte[]> stored = serializer.serialize(saga, byte[].class);
        assertThat(stored.getType().getName()).isEqualTo("keyledger.saga.key-lifecycle");
        assertThat(new String(stored.getData(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"deletionNoticeTimer\":null,\"destructionTimer\":null,\"expiryNoticeTimer\":null,\"expiryTimer\":\"timer-1\"}");

        // As it was stored before there were notices.
        KeyLifecycleSaga older = serializer.deserialize(new SimpleSerializedObject<>(
                "{\"destructionTimer\":null,\"expiryTimer\":\"timer-1\"}".getBytes(StandardCharsets.UTF_8),
                byte[].class,
                stored.getType()));
        assertThat(timer.get(older)).isEqualTo("timer-1");
        KeyLifecycleSaga read = serializer.deserialize(stored);
        assertThat(timer.get(read)).isEqualTo("timer-1");
    }

    @Test
    void metadata_is_read_back_and_has_one_order() {
        MetaData metaData = MetaData.from(Map.of("requestId", "r", "principal", "p", "a", "b"));
        SerializedObject<byte[]> stored = serializer.serialize(metaData, byte[].class);
        assertThat(new String(stored.getData(), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":\"b\",\"principal\":\"p\",\"requestId\":\"r\"}");
        assertThat(serializer.<byte[], MetaData>deserialize(
                        new SimpleSerializedObject<>(stored.getData(), byte[].class, MetaData.class.getName(), null)))
                .isEqualTo(metaData);
    }

    @Test
    void nothing_is_stored_as_nothing() {
        SerializedObject<byte[]> stored = serializer.serialize(null, byte[].class);
        assertThat(stored.getType()).isEqualTo(SerializedType.emptyType());
        assertThat(serializer.<byte[], Object>deserialize(stored)).isNull();
        assertThat(serializer.classForType(SerializedType.emptyType())).isEqualTo(Void.class);
        assertThat(serializer.typeForClass(null)).isEqualTo(SerializedType.emptyType());
    }

    @Test
    void an_object_without_a_stored_name_is_not_written() {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> serializer.serialize(KEY, byte[].class))
                .withMessage("no stored name for dev.keyledger.cmk.KeyId");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keyledger.key.transmuted", "dev.keyledger.cmk.KeyEvent$KeyEnabled", "java.lang.String"})
    void an_unknown_stored_name_stops_the_reader_in_plain_words(String name) {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> serializer.classForType(new SimpleSerializedType(name, "1")))
                .withMessage("this version knows nothing stored as " + name + "; a newer one may have written it");
    }

    @Test
    void an_unknown_revision_stops_the_reader_in_plain_words() {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> read("keyledger.key.enabled", "2", ENABLED))
                .withMessage(
                        "this version reads revision 1 of keyledger.key.enabled, stored is 2; a newer one may have written it");
    }

    @Test
    void a_missing_member_stops_the_reader() {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> read("keyledger.key.enabled", "1", "{\"at\":\"2026-11-24T10:00:00.000Z\"}"))
                .withMessage("keyId is missing in a stored keyledger.key.enabled");
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> read("keyledger.key.enabled", "1", ENABLED.replaceFirst("\"2026[^,]+", "null")))
                .withMessage("at is missing in a stored keyledger.key.enabled");
    }

    @Test
    void a_missing_yes_or_no_is_not_read_as_no() {
        DeletionProtectionChanged event = new DeletionProtectionChanged(KEY, true, "why", Instant.EPOCH);
        String json = serializer.serialize(event, String.class).getData();
        assertThat(json).contains("\"enabled\":true,");
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() ->
                        read("keyledger.key.deletion-protection-changed", "1", json.replace("\"enabled\":true,", "")));
    }

    @Test
    void an_unknown_member_stops_the_reader() {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> read("keyledger.key.enabled", "1", ENABLED.replace("{", "{\"by\":\"someone\",")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T10:00:00Z",
                "2026-11-24T10:00:00.0000Z",
                "2026-11-24T10:00:00.000+08:00",
                "2026-02-30T10:00:00.000Z",
                "1"
            })
    void an_instant_of_another_form_stops_the_reader(String text) {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(
                        () -> read("keyledger.key.enabled", "1", ENABLED.replace("2026-11-24T10:00:00.000Z", text)));
    }

    @Test
    void an_instant_finer_than_milliseconds_is_not_written() {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> serializer.serialize(
                        new KeyEnabled(KEY, Instant.parse("2026-11-24T10:00:00.0001Z")), byte[].class))
                .havingCause()
                .withMessageContaining("whole milliseconds");
    }

    @Test
    void an_instant_beyond_four_digits_is_not_written() {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> serializer.serialize(
                        new KeyEnabled(KEY, Instant.parse("+10000-01-01T00:00:00Z")), byte[].class))
                .havingCause()
                .withMessageContaining("year of four digits");
    }

    @Test
    void names_are_unique_and_unknown_ones_are_told() {
        assertThat(serializer.typeForClass(MetaData.class).getName()).isEqualTo(MetaData.class.getName());
        assertThat(EventNames.nameOf(String.class)).isEmpty();
        assertThat(EventNames.classOf("keyledger.key.transmuted")).isEmpty();
    }

    private Object read(String name, String revision, String json) {
        return serializer.deserialize(
                new SimpleSerializedObject<>(json.getBytes(StandardCharsets.UTF_8), byte[].class, name, revision));
    }
}
