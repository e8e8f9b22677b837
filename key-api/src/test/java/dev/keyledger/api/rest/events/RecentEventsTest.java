package dev.keyledger.api.rest.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.FeedFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is recent answers only for what it knows whole. */
class RecentEventsTest {

    private static final UUID KEY = UUID.fromString("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");

    private static RecentEvents.Recent event(long index) {
        FeedEvent event = new FeedEvent(
                new FeedPosition(index, 0),
                "id",
                "keyledger.key.disabled",
                "1",
                KEY.toString(),
                index,
                List.of(KEY),
                Instant.EPOCH,
                "{}");
        return new RecentEvents.Recent(event, new byte[10]);
    }

    private static void add(RecentEvents recent, long... indexes) {
        recent.add(
                LongStream.of(indexes).mapToObj(RecentEventsTest::event).toList(),
                FeedPosition.endOf(indexes[indexes.length - 1]));
    }

    private static List<Long> indexes(RecentEvents.Part part) {
        return part.events().stream()
                .map(each -> each.event().position().logIndex())
                .toList();
    }

    private static RecentEvents.Part after(RecentEvents recent, FeedPosition position) {
        return Objects.requireNonNull(recent.after(position));
    }

    @Test
    void before_it_has_begun_it_answers_nobody() {
        RecentEvents recent = new RecentEvents();
        assertThat(recent.after(FeedPosition.BEGINNING)).isNull();

        recent.beginAt(FeedPosition.endOf(4));
        recent.forget();

        assertThat(recent.after(FeedPosition.endOf(4))).isNull();
    }

    @Test
    void who_is_behind_its_start_has_to_read_the_store() {
        RecentEvents recent = new RecentEvents();
        recent.beginAt(FeedPosition.endOf(4));
        add(recent, 7, 9);

        assertThat(recent.after(FeedPosition.endOf(3))).isNull();
        assertThat(indexes(after(recent, FeedPosition.endOf(4)))).containsExactly(7L, 9L);
        assertThat(indexes(after(recent, new FeedPosition(7, 0)))).containsExactly(9L);
        assertThat(after(recent, new FeedPosition(9, 0)))
                .isEqualTo(new RecentEvents.Part(List.of(), FeedPosition.endOf(9)));
    }

    @Test
    void who_is_further_stays_where_he_is() {
        RecentEvents recent = new RecentEvents();
        recent.beginAt(FeedPosition.endOf(4));

        assertThat(after(recent, FeedPosition.endOf(20)).readTo()).isEqualTo(FeedPosition.endOf(20));
    }

    @Test
    void what_has_no_room_is_given_up_from_the_oldest_on_and_no_longer_answered_for() {
        RecentEvents byNumber = new RecentEvents(3, Integer.MAX_VALUE);
        RecentEvents byBytes = new RecentEvents(Integer.MAX_VALUE, 39);
        for (RecentEvents recent : List.of(byNumber, byBytes)) {
            recent.beginAt(FeedPosition.BEGINNING);
            add(recent, 0, 1);
            add(recent, 2, 3, 4);

            assertThat(recent.after(FeedPosition.BEGINNING)).isNull();
            assertThat(recent.after(new FeedPosition(0, 0))).isNull();
            assertThat(indexes(after(recent, new FeedPosition(1, 0)))).containsExactly(2L, 3L, 4L);
        }
    }

    @Test
    void everything_is_answered_a_part_at_a_time() {
        RecentEvents recent = new RecentEvents();
        recent.beginAt(FeedPosition.BEGINNING);
        add(recent, LongStream.range(0, 1_000).toArray());
        List<Long> read = new ArrayList<>();
        FeedPosition position = FeedPosition.BEGINNING;
        while (!position.equals(FeedPosition.endOf(999))) {
            RecentEvents.Part part = after(recent, position);
            read.addAll(indexes(part));
            position = part.readTo();
        }

        assertThat(read).isEqualTo(LongStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void what_nobody_wants_is_passed_over() {
        RecentEvents recent = new RecentEvents();
        recent.beginAt(FeedPosition.BEGINNING);
        add(recent, 0);
        RecentEvents.Part part = after(recent, FeedPosition.BEGINNING);

        assertThat(RecentEvents.mayConcern(part, FeedFilter.NONE)).isTrue();
        assertThat(RecentEvents.mayConcern(
                        part, new FeedFilter(Set.of(), Set.of("keyledger.key.enabled"), Optional.empty(), null, null)))
                .isFalse();
    }
}
