package dev.keyledger.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.alias.AliasEvent;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.eventlog.EventNames;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What others are told of each event, byte for byte: for each golden file of a stored event there is one of its CloudEvent, and for each form
 * one of its schema. Once released they get members and lose none.
 */
class PublicFormsTest {

    private static final UUID KEY = UUID.fromString("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");

    private static final CloudEventForm FORM = new CloudEventForm("log.example.com");

    /** Names of the stored events, without ending. */
    static Stream<String> goldenFiles() throws IOException, URISyntaxException {
        return files("/events").stream();
    }

    private static List<String> files(String directory) throws IOException, URISyntaxException {
        try (Stream<Path> paths =
                Files.list(Path.of(Objects.requireNonNull(PublicFormsTest.class.getResource(directory))
                        .toURI()))) {
            return paths.map(path -> path.getFileName().toString().replaceFirst("\\.json$", ""))
                    .sorted()
                    .toList();
        }
    }

    private static String read(String file) {
        try (var in = Objects.requireNonNull(PublicFormsTest.class.getResourceAsStream(file + ".json"), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new AssertionError(file, failed);
        }
    }

    /** A stored event at a place of the feed. */
    private static FeedEvent placed(String file) {
        String payload = read("/events/" + file);
        JsonNode stored = JsonMapper.shared().readTree(payload);
        boolean alias = file.startsWith("keyledger.alias.");
        return new FeedEvent(
                new FeedPosition(4_711, 2),
                "5b7e4c1d-0a52-4d0b-8c0e-6a3b1f0f9d11",
                file.replaceFirst("\\.1(\\..*)?$", ""),
                "1",
                stored.path(alias ? "name" : "keyId").stringValue(),
                3,
                List.of(KEY),
                Instant.parse(stored.path("at").stringValue()),
                payload);
    }

    @ParameterizedTest
    @MethodSource("goldenFiles")
    void an_event_is_told_as_its_golden_file_says(String file) {
        assertThat(new String(FORM.bytes(placed(file)), StandardCharsets.UTF_8))
                .isEqualTo(read("/cloudevents/" + file));
    }

    @Test
    void every_stored_event_has_a_golden_cloud_event() throws IOException, URISyntaxException {
        assertThat(files("/cloudevents")).isEqualTo(files("/events"));
    }

    @Test
    void every_event_has_a_public_form_and_no_form_is_without_an_event() {
        List<String> names = Stream.of(KeyEvent.class, AliasEvent.class)
                .flatMap(family -> Stream.of(family.getPermittedSubclasses()))
                .map(event -> EventNames.nameOf(event).orElseThrow())
                .toList();

        assertThat(PublicEvents.all().stream().map(PublicEvents.Form::type)).containsExactlyInAnyOrderElementsOf(names);
        assertThat(names).allMatch(PublicEvents::isType);
    }

    @Test
    void a_schema_is_as_its_golden_file_says() throws IOException, URISyntaxException {
        for (PublicEvents.Form form : PublicEvents.all()) {
            assertThat(new String(EventSchemas.of(form), StandardCharsets.UTF_8))
                    .isEqualTo(read("/schemas/" + form.type() + "." + form.revision()));
        }
        assertThat(files("/schemas")).hasSize(PublicEvents.all().size());
    }

    @ParameterizedTest
    @MethodSource("goldenFiles")
    void data_has_the_members_of_its_schema_and_no_others(String file) {
        FeedEvent event = placed(file);
        JsonNode told = JsonMapper.shared().readTree(FORM.bytes(event));
        JsonNode schema = JsonMapper.shared().readTree(read("/schemas/" + event.type() + ".1"));

        assertThat(told.path("data").propertyNames())
                .isEqualTo(schema.path("properties").propertyNames());
        assertThat(told.path("dataschema")).isEqualTo(schema.path("$id"));
    }

    @Test
    void what_links_events_to_material_or_tokens_is_told_to_nobody() throws IOException, URISyntaxException {
        for (String file : files("/cloudevents")) {
            assertThat(read("/cloudevents/" + file)).doesNotContain("materialTag", "tokenId", "00112233", "6f1f0d2e");
        }
    }

    @Test
    void a_member_that_nobody_has_named_is_not_told() {
        FeedEvent event = placed("keyledger.key.disabled.1");
        FeedEvent later = new FeedEvent(
                event.position(),
                event.id(),
                event.type(),
                event.revision(),
                event.subject(),
                event.subjectVersion(),
                event.keyIds(),
                event.time(),
                event.payload().replaceFirst("\\{", "{\"added\":{\"by\":[\"a later version\"]},"));

        assertThat(FORM.bytes(later)).isEqualTo(FORM.bytes(event));
        assertThat(CloudEventForm.member(later, "added")).isEmpty();
        assertThat(CloudEventForm.member(later, "keyId")).contains(KEY.toString());
    }

    @Test
    void of_a_revision_that_nobody_has_named_nothing_is_told() {
        FeedEvent event = placed("keyledger.key.disabled.1");
        FeedEvent later = new FeedEvent(
                event.position(),
                event.id(),
                event.type(),
                "2",
                event.subject(),
                event.subjectVersion(),
                event.keyIds(),
                event.time(),
                event.payload());

        assertThat(JsonMapper.shared().readTree(FORM.bytes(later)).path("data").isEmpty())
                .isTrue();
        assertThat(PublicEvents.of(event.type(), "2")).isEqualTo(Optional.empty());
    }

    @Test
    void an_event_does_not_say_what_is_in_it_where_it_may_be_logged() {
        FeedEvent event = placed("keyledger.key.created.1");

        assertThat(event).hasToString("event 00000000000000004711.002");
        assertThat(event.withoutPayload().payload()).isEqualTo("{}");
    }
}
