package dev.keyledger.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.alias.Alias;
import dev.keyledger.alias.AliasEvent;
import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.Cmk;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.NoticePeriod;
import dev.keyledger.cmk.Origin;
import dev.keyledger.cmk.ProtectionLevel;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.MaterialTag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.axonframework.eventhandling.EventData;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.upcasting.event.InitialEventRepresentation;
import org.axonframework.serialization.upcasting.event.IntermediateEventRepresentation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event is written as its golden file says, byte for byte, and every golden file is still readable. A file is named for the stored
 * name, the revision and the case; once released it is never changed or removed.
 */
class EventContractTest {

    private static final KeyId KEY = new KeyId("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");
    private static final KeyId OTHER_KEY = new KeyId("08c33a6f-4e0a-4a1b-a3fa-7ddfa1d40000");
    private static final KeyVersionId VERSION = KeyVersionId.of("2ab1a983-7072-4bbc-a582-584b5bd8d8c1");
    private static final ImportTokenId TOKEN =
            new ImportTokenId(UUID.fromString("6f1f0d2e-3b5c-4a79-9d10-0d3c6d1b2a4e"));
    private static final MaterialTag TAG =
            new MaterialTag("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    private static final AliasName ALIAS = new AliasName("alias/payments/card_vault-1");
    private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
    private static final Instant LATER = Instant.parse("2026-12-01T10:00:00.250Z");

    private final Serializer serializer = EventJson.serializer();

    /** File name without ending, and the event it holds. */
    static Stream<Arguments> goldenFiles() {
        return Stream.of(
                golden("keyledger.key.created.1", created(Origin.ALIYUN_KMS, "Kartenschlüssel 密")),
                golden("keyledger.key.created.1.external", created(Origin.EXTERNAL, "")),
                golden("keyledger.key.description-changed.1", new KeyDescriptionChanged(KEY, "another \"text\"", AT)),
                golden("keyledger.key.enabled.1", new KeyEnabled(KEY, AT)),
                golden("keyledger.key.disabled.1", new KeyDisabled(KEY, AT)),
                golden(
                        "keyledger.key.tags-changed.1",
                        new KeyTagsChanged(
                                KEY,
                                Map.of("team", "payments", "env", "production", "Zone", ""),
                                List.of("owner", "tier"),
                                AT)),
                golden(
                        "keyledger.key.deletion-protection-changed.1",
                        new DeletionProtectionChanged(KEY, true, "card vault", AT)),
                golden(
                        "keyledger.key.import-parameters-issued.1",
                        new ImportParametersIssued(
                                KEY, TOKEN, WrappingAlgorithm.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048, LATER, AT)),
                golden("keyledger.key.import-token-exhausted.1", new ImportTokenExhausted(KEY, TOKEN, AT)),
                golden(
                        "keyledger.key.material-imported.1",
                        new KeyMaterialImported(KEY, VERSION, TAG, TOKEN, LATER, AT)),
                golden(
                        "keyledger.key.material-imported.1.never-expires",
                        new KeyMaterialImported(KEY, VERSION, TAG, TOKEN, null, AT)),
                golden("keyledger.key.material-deleted.1", new KeyMaterialDeleted(KEY, VERSION, AT)),
                golden("keyledger.key.material-expired.1", new KeyMaterialExpired(KEY, VERSION, AT, LATER)),
                golden("keyledger.key.deletion-scheduled.1", new KeyDeletionScheduled(KEY, LATER, AT)),
                golden("keyledger.key.expiry-near.1", new KeyExpiryNear(KEY, new NoticePeriod("P7D"), LATER, AT)),
                golden("keyledger.key.deletion-near.1", new KeyDeletionNear(KEY, new NoticePeriod("PT1H"), LATER, AT)),
                golden("keyledger.key.deletion-cancelled.1", new KeyDeletionCancelled(KEY, AT)),
                golden("keyledger.key.destroyed.1", new KeyDestroyed(KEY, AT)),
                golden("keyledger.alias.created.1", new AliasCreated(ALIAS, KEY, AT)),
                golden("keyledger.alias.repointed.1", new AliasRepointed(ALIAS, OTHER_KEY, AT)),
                golden("keyledger.alias.deleted.1", new AliasDeleted(ALIAS, AT)));
    }

    private static Arguments golden(String file, Object event) {
        return Arguments.of(file, event);
    }

    private static KeyCreated created(Origin origin, String description) {
        return new KeyCreated(
                KEY,
                origin,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                description,
                "1234567890123456",
                origin == Origin.ALIYUN_KMS ? VERSION : null,
                AT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenFiles")
    void an_event_is_written_as_its_golden_file_says(String file, Object event) {
        SerializedObject<byte[]> written = serializer.serialize(event, byte[].class);
        assertThat(new String(written.getData(), StandardCharsets.UTF_8)).isEqualTo(text(file));
        assertThat(file)
                .startsWith(
                        written.getType().getName() + "." + written.getType().getRevision());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenFiles")
    void a_golden_file_is_read_through_the_upcasters(String file, Object event) {
        assertThat(read(file)).isEqualTo(event);
    }

    @Test
    void every_stored_golden_file_is_still_readable() throws IOException, URISyntaxException {
        URI directory = Objects.requireNonNull(EventContractTest.class.getResource("/events"))
                .toURI();
        List<String> files;
        try (Stream<Path> paths = Files.list(Path.of(directory))) {
            files = paths.map(path -> path.getFileName().toString().replaceFirst("\\.json$", ""))
                    .toList();
        }
        assertThat(files)
                .containsExactlyInAnyOrderElementsOf(
                        goldenFiles().map(golden -> (String) golden.get()[0]).toList());
        assertThat(files).allSatisfy(file -> assertThat(read(file)).isNotNull());
    }

    @Test
    void every_event_has_a_golden_file() {
        List<Class<?>> events = Stream.of(KeyEvent.class, AliasEvent.class)
                .flatMap(family -> Arrays.<Class<?>>stream(family.getPermittedSubclasses()))
                .toList();
        assertThat(events).hasSize(19);
        assertThat(goldenFiles().<Class<?>>map(golden -> golden.get()[1].getClass()))
                .containsAll(events);
    }

    @Test
    void every_event_has_a_name_and_a_revision_of_its_own() {
        for (Class<?> family : List.of(KeyEvent.class, AliasEvent.class)) {
            String prefix = family == KeyEvent.class ? "keyledger.key." : "keyledger.alias.";
            for (Class<?> event : family.getPermittedSubclasses()) {
                String name = EventNames.nameOf(event).orElseThrow();
                assertThat(name).startsWith(prefix).matches("[a-z.-]+");
                assertThat(EventNames.classOf(name)).contains(event);
                assertThat(serializer.typeForClass(event).getRevision()).isEqualTo("1");
            }
        }
    }

    @Test
    void the_aggregate_types_are_stored_as_key_and_alias() {
        assertThat(AnnotatedAggregateMetaModelFactory.inspectAggregate(Cmk.class)
                        .declaredType(Cmk.class))
                .contains("key");
        assertThat(AnnotatedAggregateMetaModelFactory.inspectAggregate(Alias.class)
                        .declaredType(Alias.class))
                .contains("alias");
    }

    private Object read(String file) {
        String[] parts = file.split("\\.", -1);
        String name = String.join(".", parts[0], parts[1], parts[2]);
        EventData<byte[]> stored =
                new StoredEvent(new SimpleSerializedObject<>(bytes(text(file)), byte[].class, name, parts[3]));
        IntermediateEventRepresentation upcast = EventUpcasters.chain()
                .upcast(Stream.of(new InitialEventRepresentation(stored, serializer)))
                .reduce((one, two) -> {
                    throw new AssertionError("one event became two");
                })
                .orElseThrow();
        return serializer.deserialize(upcast.getData());
    }

    /** A row of the event store. */
    private record StoredEvent(SerializedObject<byte[]> payload) implements EventData<byte[]> {

        @Override
        public String getEventIdentifier() {
            return "event";
        }

        @Override
        public Instant getTimestamp() {
            return AT;
        }

        @Override
        public SerializedObject<byte[]> getMetaData() {
            return new SimpleSerializedObject<>(bytes("{}"), byte[].class, MetaData.class.getName(), null);
        }

        @Override
        public SerializedObject<byte[]> getPayload() {
            return payload;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String file) {
        try (InputStream in = EventContractTest.class.getResourceAsStream("/events/" + file + ".json")) {
            return in == null
                    ? "no golden file"
                    : new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
