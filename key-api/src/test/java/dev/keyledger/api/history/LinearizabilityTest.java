package dev.keyledger.api.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {

    /** A register: {@code read} answers its value, {@code n} as a call writes n and answers "ok". */
    private static final class Register implements SequentialModel<Integer, String, String> {

        @Override
        public List<Integer> step(Integer value, String call, @Nullable String answer) {
            if (call.equals("read")) {
                return answer == null || answer.equals(value.toString()) ? List.of(value) : List.of();
            }
            return List.of(Integer.valueOf(call));
        }

        @Override
        public boolean changesNothing(String call, @Nullable String answer) {
            return call.equals("read");
        }
    }

    private static final Linearizability<Integer, String, String> CHECK = new Linearizability<>(new Register());
    private static final List<Integer> ZERO = List.of(0);

    private static RecordedCall<String, String> write(long start, long end, int value) {
        return new RecordedCall<>(start, end, Integer.toString(value), "ok", "writer");
    }

    private static RecordedCall<String, String> lostWrite(long start, int value) {
        return RecordedCall.unknown(start, Integer.toString(value), "writer");
    }

    private static RecordedCall<String, String> read(long start, long end, int value) {
        return new RecordedCall<>(start, end, "read", Integer.toString(value), "reader");
    }

    private static boolean explains(List<RecordedCall<String, String>> history) {
        return CHECK.explains(ZERO, history);
    }

    @Test
    void an_empty_history_is_explained() {
        assertThat(explains(List.of())).isTrue();
    }

    @Test
    void a_read_sees_what_was_written_before_it() {
        assertThat(explains(List.of(write(0, 1, 5), read(2, 3, 5)))).isTrue();
        assertThat(explains(List.of(write(0, 1, 5), read(2, 3, 0)))).isFalse();
    }

    @Test
    void a_read_beside_a_write_may_see_either_value() {
        assertThat(explains(List.of(write(0, 10, 5), read(2, 3, 0)))).isTrue();
        assertThat(explains(List.of(write(0, 10, 5), read(2, 3, 5)))).isTrue();
        assertThat(explains(List.of(write(0, 10, 5), read(2, 3, 7)))).isFalse();
    }

    @Test
    void calls_that_touch_are_concurrent() {
        assertThat(explains(List.of(write(0, 2, 5), read(2, 3, 0)))).isTrue();
    }

    @Test
    void what_one_reader_saw_the_next_must_not_unsee() {
        assertThat(explains(List.of(write(0, 10, 5), read(1, 2, 5), read(3, 4, 0))))
                .isFalse();
    }

    @Test
    void a_stale_read_is_found_among_many_good_ones() {
        List<RecordedCall<String, String>> history = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            history.add(write(i * 10L, i * 10L + 4, i));
            history.add(read(i * 10L + 2, i * 10L + 5, i));
        }
        assertThat(explains(history)).isTrue();
        history.add(read(10_000, 10_001, 998));
        assertThat(explains(history)).isFalse();
    }

    @Test
    void a_write_without_an_answer_may_have_happened_or_not_or_late() {
        assertThat(explains(List.of(lostWrite(0, 5), read(2, 3, 0)))).isTrue();
        assertThat(explains(List.of(lostWrite(0, 5), read(2, 3, 5)))).isTrue();
        assertThat(explains(List.of(lostWrite(0, 5), read(2, 3, 0), read(4, 5, 5))))
                .isTrue();
        assertThat(explains(List.of(lostWrite(0, 5), read(2, 3, 5), read(4, 5, 0))))
                .isFalse();
        assertThat(explains(List.of(read(0, 1, 5), lostWrite(2, 5)))).isFalse();
    }

    @Test
    void any_of_several_initial_states_will_do() {
        assertThat(CHECK.explains(List.of(3, 4), List.of(read(0, 1, 4)))).isTrue();
        assertThat(CHECK.explains(List.of(3, 4), List.of(read(0, 1, 5)))).isFalse();
    }

    @Test
    void the_search_agrees_with_trying_all_orders() {
        int explained = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            List<RecordedCall<String, String>> history = randomHistory(new SplittableRandom(seed));
            boolean expected = someOrderExplains(0, history);
            assertThat(explains(history)).as("seed %d: %s", seed, history).isEqualTo(expected);
            explained += expected ? 1 : 0;
        }
        assertThat(explained).isBetween(500, 2_500);
    }

    private static List<RecordedCall<String, String>> randomHistory(SplittableRandom random) {
        List<RecordedCall<String, String>> history = new ArrayList<>();
        int calls = 2 + random.nextInt(5);
        for (int i = 0; i < calls; i++) {
            long start = random.nextInt(20);
            long end = start + 1 + random.nextInt(8);
            int value = random.nextInt(2);
            history.add(
                    switch (random.nextInt(5)) {
                        case 0, 1 -> write(start, end, value);
                        case 2 -> lostWrite(start, value);
                        default -> read(start, end, value);
                    });
        }
        return history;
    }

    /** The definition, word for word. */
    private static boolean someOrderExplains(int value, List<RecordedCall<String, String>> rest) {
        if (rest.stream().allMatch(call -> call.answer() == null)) {
            return true;
        }
        for (RecordedCall<String, String> next : rest) {
            boolean tooEarly = rest.stream().anyMatch(other -> other.end() < next.start());
            if (tooEarly) {
                continue;
            }
            List<RecordedCall<String, String>> others = new ArrayList<>(rest);
            others.remove(next);
            for (int after : new Register().step(value, next.call(), next.answer())) {
                if (someOrderExplains(after, others)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void the_heart_of_a_long_history_is_its_contradiction_alone() {
        List<RecordedCall<String, String>> history = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            history.add(write(i * 10L, i * 10L + 4, i));
            history.add(read(i * 10L + 5, i * 10L + 6, i));
            if (i == 200) {
                history.add(read(i * 10L + 7, i * 10L + 8, 190));
            }
        }
        assertThat(CHECK.heartOf(ZERO, history)).hasSizeLessThanOrEqualTo(3).contains(read(2007, 2008, 190));
    }

    @Test
    void a_heart_is_never_explained_itself() {
        int hearts = 0;
        for (int seed = 0; seed < 500; seed++) {
            List<RecordedCall<String, String>> history = randomHistory(new SplittableRandom(seed));
            if (!explains(history)) {
                List<RecordedCall<String, String>> heart = CHECK.heartOf(ZERO, history);
                assertThat(explains(heart)).as("seed %d: %s", seed, heart).isFalse();
                assertThat(heart).hasSizeLessThanOrEqualTo(history.size());
                hearts++;
            }
        }
        assertThat(hearts).isPositive();
    }
}
