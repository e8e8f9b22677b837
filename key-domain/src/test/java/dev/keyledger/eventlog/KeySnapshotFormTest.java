package dev.keyledger.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.cmk.Cmk;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeySnapshot;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.Origin;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.material.MaterialTag;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.junit.jupiter.api.Test;

/** The stored form of a key's snapshot (ADR 0011): one of another revision is not read, and nothing of a key is left out. */
class KeySnapshotFormTest {

    private static final Instant AT = Instant.parse("2026-12-01T10:00:00.250Z");

    private final Serializer serializer = EventJson.serializer();

    private static KeySnapshot snapshot() {
        return new KeySnapshot(
                new KeyId("1339cb7d-54d3-47e0-b595-c7d3dba82b6f"),
                Origin.EXTERNAL,
                KeyState.PENDING_DELETION,
                true,
                AT,
                AT.minusSeconds(86_400),
                AT.plusSeconds(604_800),
                AT.plusSeconds(518_400),
                "Kartenschlüssel 密",
                true,
                "card vault",
                Map.of("team", "payments", "Zone", ""),
                List.of(
                        new KeySnapshot.Token(
                                new ImportTokenId(UUID.fromString("6f1f0d2e-3b5c-4a79-9d10-0d3c6d1b2a4e")), AT, false),
                        new KeySnapshot.Token(
                                new ImportTokenId(UUID.fromString("7f1f0d2e-3b5c-4a79-9d10-0d3c6d1b2a4e")), AT, true)),
                KeyVersionId.of("2ab1a983-7072-4bbc-a582-584b5bd8d8c1"),
                new MaterialTag("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
    }

    private static byte[] golden(String revision) throws IOException {
        try (InputStream file = KeySnapshotFormTest.class.getResourceAsStream(
                "/snapshots/keyledger.snapshot.key." + revision + ".json")) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }

    private static SerializedObject<byte[]> stored(String file, String revision) throws IOException {
        String text = new String(golden(file), StandardCharsets.UTF_8).strip();
        return new SimpleSerializedObject<>(
                text.getBytes(StandardCharsets.UTF_8), byte[].class, "keyledger.snapshot.key", revision);
    }

    @Test
    void it_is_written_and_read_as_its_golden_file_says() throws IOException {
        SerializedObject<byte[]> written = serializer.serialize(snapshot(), byte[].class);

        assertThat(written.getType().getName()).isEqualTo("keyledger.snapshot.key");
        assertThat(written.getType().getRevision()).isEqualTo("2");
        assertThat(new String(written.getData(), StandardCharsets.UTF_8))
                .isEqualTo(new String(golden("2"), StandardCharsets.UTF_8).strip());
        assertThat(serializer.<byte[], KeySnapshot>deserialize(stored("2", "2")))
                .isEqualTo(snapshot());
    }

    @Test
    void one_of_another_revision_is_not_read() throws IOException {
        SerializedObject<byte[]> older = stored("1", "1");
        SerializedObject<byte[]> newer = stored("2", "3");
        assertThatThrownBy(() -> serializer.deserialize(older)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> serializer.deserialize(newer)).isInstanceOf(SerializationException.class);
    }

    /** A field of the aggregate that is not listed here is one that its snapshot forgets: add it to both, and raise the revision. */
    @Test
    void nothing_that_a_key_decides_by_is_left_out() {
        List<String> fields = Arrays.stream(Cmk.class.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
                .map(Field::getName)
                .toList();
        assertThat(fields)
                .containsExactlyInAnyOrder(
                        "keyId",
                        "lifecycle",
                        "dates",
                        "description",
                        "deletionProtected",
                        "deletionProtectionDescription",
                        "tags",
                        "tokenExpiries",
                        "exhaustedTokens",
                        "versionId",
                        "boundTo");
    }
}
