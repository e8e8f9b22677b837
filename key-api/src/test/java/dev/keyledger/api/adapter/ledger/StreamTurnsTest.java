package dev.keyledger.api.adapter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamTurnsTest {

    private static final long LONG = Duration.ofSeconds(30).toNanos();
    private static final long SHORT = Duration.ofMillis(20).toNanos();

    private final StreamTurns turns = new StreamTurns();

    private static void assertThrottled(ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.THROTTLING));
    }

    @Test
    void one_at_a_time_for_each_aggregate() {
        try (StreamTurn mine = turns.take(List.of("a"), SHORT)) {
            assertThat(mine.streams()).containsExactly("a");
            assertThrottled(() -> turns.take(List.of("a"), SHORT));
            turns.take(List.of("b"), SHORT).close();
        }
        turns.take(List.of("a"), SHORT).close();
        assertThat(turns.busy()).isZero();
    }

    @Test
    void all_or_none_of_many_and_closing_twice_is_once() {
        StreamTurn held = turns.take(List.of("b"), SHORT);
        assertThrottled(() -> turns.take(List.of("c", "b", "a"), SHORT));
        turns.take(List.of("a", "c"), SHORT).close();
        held.close();
        held.close();
        try (StreamTurn all = turns.take(List.of("c", "b", "a", "b"), SHORT)) {
            assertThat(all.streams()).containsExactly("a", "b", "c");
        }
        assertThat(turns.busy()).isZero();
    }

    @Test
    void so_many_wait_and_the_next_is_refused_at_once() {
        ExecutorService threads = Executors.newCachedThreadPool();
        StreamTurn held = turns.take(List.of("hot"), SHORT);
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < StreamTurns.MOST_WAITING; i++) {
            waiting.add(CompletableFuture.runAsync(
                    () -> turns.take(List.of("hot"), LONG).close(), threads));
        }
        while (turns.waitingFor("hot") < StreamTurns.MOST_WAITING) {
            Thread.onSpinWait();
        }

        assertThrottled(() -> turns.take(List.of("hot"), LONG));

        held.close();
        CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).join();
        assertThat(turns.busy()).isZero();
        threads.shutdown();
    }
}
