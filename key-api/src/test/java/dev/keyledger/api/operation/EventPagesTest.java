package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.feed.PublicEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** {@code GET /v1/events}: what happened to keys, by page. */
@ExtendWith(NodeExtension.class)
class EventPagesTest {

    private TestNode node;
    private Kms kms;
    private Keys keys;
    private Rest rest;

    @BeforeEach
    void use(TestNode shared) {
        node = shared;
        kms = new Kms(shared);
        keys = new Keys(kms);
        rest = new Rest(shared);
    }

    private List<String> types(Rest.Answer page) {
        List<String> types = new ArrayList<>();
        page.json().forEach(event -> types.add(event.path("type").stringValue().substring("keyledger.".length())));
        return types;
    }

    private String next(Rest.Answer page) {
        String link = page.header("link");
        assertThat(link).startsWith("</v1/events?").endsWith(">; rel=\"next\"");
        return link.substring(1, link.indexOf('>'));
    }

    @Test
    void the_events_of_a_key_are_cloud_events_in_the_order_in_which_they_happened() {
        String key = keys.generated().id();
        kms.call("DisableKey", "KeyId", key).ok();
        kms.call("EnableKey", "KeyId", key).ok();
        keys.schedule(new MadeKey(key, new byte[0], ""));
        rest.settle();

        Rest.Answer page = rest.get("/v1/events?key=" + key).ok();

        assertThat(page.header("content-type")).isEqualTo("application/cloudevents-batch+json");
        assertThat(types(page)).containsExactly("key.created", "key.disabled", "key.enabled", "key.deletion-scheduled");
        assertThat(page.headers()).containsKeys("x-keyledger-log-size", "x-keyledger-log-lag-seconds");
        long version = 0;
        String last = "";
        for (JsonNode event : page.json()) {
            assertThat(event.path("specversion").stringValue()).isEqualTo("1.0");
            assertThat(event.path("source").stringValue()).startsWith("urn:keyledger:");
            assertThat(event.path("subject").stringValue()).isEqualTo(key);
            assertThat(event.path("data").path("keyId").stringValue()).isEqualTo(key);
            assertThat(event.path("time")).isEqualTo(event.path("data").path("at"));
            assertThat(event.path("subjectversion").longValue()).isEqualTo(version++);
            assertThat(event.path("sequence").stringValue())
                    .matches("[0-9]{20}\\.[0-9]{3}")
                    .isGreaterThan(last);
            last = event.path("sequence").stringValue();
        }
    }

    @Test
    void pages_follow_each_other_and_an_empty_one_moves_on_too() {
        String key = keys.generated().id();
        for (int i = 0; i < 3; i++) {
            kms.call("UpdateKeyDescription", "KeyId", key, "Description", "no. " + i)
                    .ok();
        }
        rest.settle();
        List<JsonNode> read = new ArrayList<>();
        String path = "/v1/events?limit=2&key=" + key;
        Rest.Answer page = rest.get(path).ok();
        while (!page.json().isEmpty()) {
            assertThat(page.json().size()).isLessThanOrEqualTo(2);
            page.json().forEach(read::add);
            path = next(page);
            page = rest.get(path).ok();
        }

        assertThat(read).hasSize(4);
        assertThat(read.stream().map(event -> event.path("id").stringValue())).doesNotHaveDuplicates();
        String further = next(page);
        kms.call("DisableKey", "KeyId", key).ok();
        rest.settle();
        assertThat(types(rest.get(further).ok())).containsExactly("key.disabled");
        // Where it was read to, and not at the last event that was found.
        assertThat(further).isNotEqualTo(path);
    }

    @Test
    void events_are_found_by_type_and_by_several_keys() {
        String one = keys.generated().id();
        String other = keys.generated().id();
        String third = keys.generated().id();
        for (String key : List.of(one, other, third)) {
            kms.call("DisableKey", "KeyId", key).ok();
        }
        rest.settle();

        Rest.Answer found = rest.get(Rest.query(
                        "/v1/events",
                        "key",
                        one + "," + other,
                        "type",
                        "keyledger.key.disabled,keyledger.key.destroyed"))
                .ok();

        assertThat(types(found)).containsExactly("key.disabled", "key.disabled");
        assertThat(found.json().get(0).path("subject").stringValue()).isEqualTo(one);
        assertThat(found.json().get(1).path("subject").stringValue()).isEqualTo(other);
    }

    @Test
    void an_alias_is_the_subject_of_its_events_and_they_concern_the_keys_it_names_and_named() {
        String one = keys.generated().id();
        String other = keys.generated().id();
        String alias = "alias/pages-" + one.substring(0, 8);
        kms.call("CreateAlias", "KeyId", one, "AliasName", alias).ok();
        kms.call("UpdateAlias", "KeyId", other, "AliasName", alias).ok();
        rest.settle();

        Rest.Answer ofOne = rest.get(Rest.query("/v1/events", "key", one)).ok();
        Rest.Answer ofOther = rest.get(Rest.query("/v1/events", "key", other)).ok();

        assertThat(types(ofOne)).containsExactly("key.created", "alias.created", "alias.repointed");
        assertThat(types(ofOther)).containsExactly("key.created", "alias.repointed");
        assertThat(ofOther.json().get(1).path("subject").stringValue()).isEqualTo(alias);
    }

    @Test
    void a_tag_counts_as_it_was_at_the_event_and_not_as_it_is_now() {
        String key = keys.generated().id();
        String team = "team-" + key.substring(0, 8);
        kms.call("TagResource", "KeyId", key, "Tags", "[{\"TagKey\":\"team\",\"TagValue\":\"" + team + "\"}]")
                .ok();
        kms.call("DisableKey", "KeyId", key).ok();
        kms.call("UntagResource", "KeyId", key, "TagKeys", "[\"team\"]").ok();
        kms.call("EnableKey", "KeyId", key).ok();
        rest.settle();

        Rest.Answer found = rest.get(Rest.query("/v1/events", "key", key, "tag", "team:" + team))
                .ok();

        // Set, had, and taken away: those are its business. What was before and what came after are not.
        assertThat(types(found)).containsExactly("key.tags-changed", "key.disabled", "key.tags-changed");
        assertThat(types(rest.get(Rest.query("/v1/events", "tag", "team:another"))
                        .ok()))
                .isEmpty();
    }

    @Test
    void events_are_found_by_time() {
        String key = keys.generated().id();
        NodeWorld world = new NodeWorld(node, false);
        String first = rest.get("/v1/clock").json().path("now").stringValue();
        world.pass(java.time.Duration.ofMinutes(5));
        kms.call("DisableKey", "KeyId", key).ok();
        String second = rest.get("/v1/clock").json().path("now").stringValue();
        world.pass(java.time.Duration.ofMinutes(5));
        kms.call("EnableKey", "KeyId", key).ok();
        rest.settle();

        assertThat(types(rest.get(Rest.query("/v1/events", "key", key, "from", first))
                        .ok()))
                .containsExactly("key.disabled", "key.enabled");
        assertThat(types(rest.get(Rest.query("/v1/events", "key", key, "from", first, "to", second))
                        .ok()))
                .containsExactly("key.disabled");
    }

    @Test
    void what_is_asked_in_another_way_is_refused_and_told_what_would_do() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "key=not-a-key", "UUID",
                        "type=keyledger.key.disabeld", "/v1/events/schemas",
                        "tag=team", "colon",
                        "from=yesterday", "ISO 8601",
                        "limit=1001", "1 to 1000",
                        "after=42", "20 digits",
                        "cursor=abc", "This endpoint has")
                .entrySet()) {
            rest.get("/v1/events?" + wrong.getKey()).refused(400, "InvalidParameter", wrong.getValue());
        }
    }

    @Test
    void a_position_beyond_the_end_is_refused_because_it_is_of_another_feed() {
        rest.get("/v1/events?after=00000000009999999999.000").refused(400, "InvalidParameter", "The feed goes up to");
    }

    @Test
    void each_reading_leaves_a_record_with_what_was_asked_for() {
        String key = keys.generated().id();
        Rest.Answer answer = rest.get("/v1/events?limit=7&key=" + key).ok();
        rest.settle();

        JsonNode record = rest.get(Rest.query(
                        "/v1/audit/records", "requestId", answer.requestId().toString()))
                .ok()
                .json()
                .path("records")
                .get(0)
                .path("record");
        assertThat(record.path("action").stringValue()).isEqualTo("ListEvents");
        assertThat(record.path("keyIds").get(0).stringValue()).isEqualTo(key);
    }

    @Test
    void whoever_may_not_read_events_is_told_before_anything_is_looked_at() {
        JsonNode made = rest.send("POST", "/v1/access-keys", "{\"principal\":\"" + OutsiderIsNoAuditor.OUTSIDER + "\"}")
                .json();
        String id = made.path("accessKeyId").stringValue();
        try {
            Rest outsider = new Rest(node, id, made.path("accessKeySecret").stringValue());
            for (String path : List.of(
                    "/v1/events?no-such=parameter",
                    "/v1/events/stream?no-such=parameter",
                    "/v1/events/schemas",
                    "/v1/events/schemas/keyledger.key.disabled/1")) {
                assertThat(outsider.get(path).json().path("code").stringValue()).isEqualTo("Forbidden.NoPermission");
            }
        } finally {
            rest.send("DELETE", "/v1/access-keys/" + id, "");
        }
    }

    @Test
    void every_type_has_a_schema_that_is_served() {
        JsonNode schemas = rest.get("/v1/events/schemas").ok().json().path("schemas");

        assertThat(schemas.size()).isEqualTo(PublicEvents.all().size());
        for (JsonNode named : schemas) {
            Rest.Answer schema = rest.get(named.path("href").stringValue()).ok();
            assertThat(schema.header("content-type")).isEqualTo("application/schema+json");
            assertThat(schema.json().path("$id")).isEqualTo(named.path("dataschema"));
        }
        rest.get("/v1/events/schemas/keyledger.key.disabled/2")
                .refused(404, "InvalidResourceId.NotFound", "GET /v1/events/schemas");
    }
}
