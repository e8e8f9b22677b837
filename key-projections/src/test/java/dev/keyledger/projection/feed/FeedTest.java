package dev.keyledger.projection.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.ViewFixture;
import dev.keyledger.projection.auditlog.TimeStretches;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is found in the feed, page by page, against a list of the same events in memory. */
class FeedTest {

    private static final long SEED = 23;
    private static final int RECORDS = 300;
    private static final Instant BEGINNING = Instant.parse("2026-01-20T00:00:00Z");
    private static final String TAGS_CHANGED = "keyledger.key.tags-changed";
    private static final List<UUID> KEYS =
            Stream.generate(UUID::randomUUID).limit(4).toList();
    private static final List<String> TYPES = List.of("keyledger.key.enabled", "keyledger.key.disabled", TAGS_CHANGED);

    private static ViewFixture store;
    private static AnnotationConfigApplicationContext beans;
    private static Feed feed;
    private static FeedPosition head;
    private static final List<Told> TOLD = new ArrayList<>();

    /** An event, and the tags of its key directly before and directly after it. */
    private record Told(
            FeedPosition position,
            UUID key,
            String type,
            Instant time,
            Map<String, String> before,
            Map<String, String> after) {

        boolean meets(FeedFilter filter) {
            return (filter.keyIds().isEmpty() || filter.keyIds().contains(key))
                    && (filter.types().isEmpty() || filter.types().contains(type))
                    && (filter.from() == null || !time.isBefore(filter.from()))
                    && (filter.to() == null || time.isBefore(filter.to()))
                    && filter.tag()
                            .map(tag -> tag.value().equals(before.get(tag.name()))
                                    || tag.value().equals(after.get(tag.name())))
                            .orElse(true);
        }
    }

    @BeforeAll
    static void fill() {
        store = new ViewFixture();
        beans = new AnnotationConfigApplicationContext();
        beans.registerBean(JdbcClient.class, store::jdbc);
        beans.register(TimeStretches.class, Feed.class);
        beans.refresh();
        feed = beans.getBean(Feed.class);
        Random random = new Random(SEED);
        Map<UUID, Map<String, String>> tags = new HashMap<>();
        KEYS.forEach(key -> tags.put(key, Map.of()));
        long index = 0;
        for (int record = 0; record < RECORDS; record++) {
            // Uses lie between, and have no event.
            index += 1 + random.nextInt(3);
            UUID key = KEYS.get(random.nextInt(KEYS.size()));
            Instant time = BEGINNING.plusSeconds(10L * record + random.nextInt(30));
            int parts = 1 + random.nextInt(2);
            for (int part = 0; part < parts; part++) {
                String type = TYPES.get(random.nextInt(TYPES.size()));
                Map<String, String> before = Objects.requireNonNull(tags.get(key));
                String payload = "{}";
                if (type.equals(TAGS_CHANGED)) {
                    Map<String, String> after = new HashMap<>(before);
                    String name = random.nextBoolean() ? "team" : "zone";
                    if (random.nextInt(3) == 0) {
                        after.remove(name);
                        payload = "{\"removed\":[\"" + name + "\"],\"set\":{}}";
                    } else {
                        String value = random.nextBoolean() ? "red" : "blue";
                        after.put(name, value);
                        payload = "{\"removed\":[],\"set\":{\"" + name + "\":\"" + value + "\"}}";
                    }
                    tags.put(key, Map.copyOf(after));
                }
                Told told = new Told(
                        new FeedPosition(index, part), key, type, time, before, Objects.requireNonNull(tags.get(key)));
                TOLD.add(told);
                insert(told, payload);
            }
        }
        head = FeedPosition.endOf(index + 1);
        store.jdbc()
                .sql("update sequencer set next_index = :size")
                .param("size", index + 2)
                .update();
        // Its record has no place yet, so it is told to nobody.
        insert(
                new Told(new FeedPosition(index + 5, 0), KEYS.get(0), TYPES.get(0), BEGINNING, Map.of(), Map.of()),
                "{}");
    }

    private static void insert(Told told, String payload) {
        String id = UUID.randomUUID().toString();
        store.jdbc()
                .sql("""
                        insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type,
                            payload_revision, time_stamp, payload, meta_data)
                        values (:id, 'key', :key, :number, :type, '1', '2026-11-24T10:00:00Z', convert_to(:payload, 'UTF8'), '{}')
                        """)
                .param("id", id)
                .param("key", told.key().toString())
                .param(
                        "number",
                        2 * told.position().logIndex() + told.position().part())
                .param("type", told.type())
                .param("payload", payload)
                .update();
        store.jdbc()
                .sql("""
                        insert into feed_event (log_index, part, event_identifier, subject, type, key_ids, occurred_at)
                        values (:index, :part, :id, :key, :type, :keys, :at)
                        """)
                .param("index", told.position().logIndex())
                .param("part", told.position().part())
                .param("id", id)
                .param("key", told.key().toString())
                .param("type", told.type())
                .param("keys", new UUID[] {told.key()})
                .param("at", SqlTime.of(told.time()))
                .update();
    }

    @AfterAll
    static void close() {
        beans.close();
        store.close();
    }

    private static List<FeedPosition> expected(FeedFilter filter, FeedPosition after) {
        return TOLD.stream()
                .filter(told -> told.position().compareTo(after) > 0 && told.meets(filter))
                .map(Told::position)
                .toList();
    }

    @Test
    void pages_of_any_length_bring_every_event_that_is_wanted_once_and_in_order() {
        Random random = new Random(SEED);
        for (int question = 0; question < 60; question++) {
            FeedFilter filter = filter(random);
            FeedPosition position = random.nextBoolean()
                    ? FeedPosition.BEGINNING
                    : TOLD.get(random.nextInt(TOLD.size())).position();
            List<FeedPosition> expected = expected(filter, position);
            List<FeedPosition> found = new ArrayList<>();
            Feed.Page page;
            do {
                page = feed.after(position, filter, 1 + random.nextInt(40));
                page.events().stream().map(FeedEvent::position).forEach(found::add);
                assertThat(page.readTo()).isGreaterThanOrEqualTo(position);
                position = page.readTo();
            } while (page.more());

            assertThat(found).as("%s", filter).isEqualTo(expected);
            assertThat(position).isEqualTo(head);
        }
    }

    private static FeedFilter filter(Random random) {
        Set<UUID> keys = random.nextBoolean() ? Set.of() : some(KEYS, random);
        Set<String> types = random.nextBoolean() ? Set.of() : some(TYPES, random);
        Optional<FeedFilter.Tag> tag = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new FeedFilter.Tag(
                        random.nextBoolean() ? "team" : "zone", random.nextBoolean() ? "red" : "blue"));
        Instant from = random.nextBoolean() ? null : BEGINNING.plusSeconds(random.nextInt(10 * RECORDS));
        Instant to = random.nextBoolean() ? null : BEGINNING.plusSeconds(random.nextInt(10 * RECORDS));
        return new FeedFilter(keys, types, tag, from, to);
    }

    private static <T> Set<T> some(List<T> all, Random random) {
        Set<T> some = all.stream().filter(each -> random.nextBoolean()).collect(Collectors.toCollection(HashSet::new));
        some.add(all.get(0));
        return some;
    }

    @Test
    void the_head_is_behind_the_last_record_that_has_a_place() {
        assertThat(feed.head()).isEqualTo(head);
        assertThat(feed.after(head, FeedFilter.NONE, 10)).isEqualTo(new Feed.Page(List.of(), head, false));
    }
}
