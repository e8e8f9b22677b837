package dev.keyledger.api.adapter.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.deadline.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatcherTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final BatchPolicy ONE_IN_FLIGHT = new BatchPolicy(4, 16, 1, NEVER, NEVER, 1000, 1000);
    private static final BatchPolicy TWO_IN_FLIGHT = new BatchPolicy(4, 16, 2, NEVER, NEVER, 1000, 2);

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final List<List<String>> batches = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final Semaphore begun = new Semaphore(0);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile Set<String> poison = Set.of();
    private volatile boolean broken;

    private final class Recording implements Batcher.Work<String, String> {

        @Override
        public List<String> perform(List<String> batch) {
            batches.add(List.copyOf(batch));
            threads.add(Thread.currentThread().getName());
            begun.release();
            awaitGate();
            if (broken) {
                throw new IllegalStateException("broken");
            }
            if (batch.stream().anyMatch(poison::contains)) {
                throw new IllegalArgumentException("poison");
            }
            return batch.stream().map(piece -> piece + "!").toList();
        }

        @Override
        public boolean mayBeOfOnePiece(RuntimeException failure) {
            return failure instanceof IllegalArgumentException;
        }
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private Batcher<String, String> batcher(BatchPolicy policy) {
        return new Batcher<>(
                "batch",
                new Recording(),
                policy,
                piece -> piece.startsWith("same") ? "same" : null,
                BatchObserver.NONE);
    }

    @AfterEach
    void stop() {
        gate.countDown();
        callers.shutdownNow();
    }

    private Future<String> later(Batcher<String, String> batcher, String piece) {
        return callers.submit(() -> batcher.perform(piece, Deadline.in(LONG)));
    }

    /** Starts a first batch that does not end before the gate is opened. */
    private Future<String> occupy(Batcher<String, String> batcher) throws InterruptedException {
        gate = new CountDownLatch(1);
        Future<String> first = later(batcher, "first");
        begun.acquire();
        return first;
    }

    private List<Future<String>> waiting(Batcher<String, String> batcher, String... pieces) {
        List<Future<String>> futures = new ArrayList<>();
        for (String piece : pieces) {
            int before = batcher.waiting();
            futures.add(later(batcher, piece));
            while (batcher.waiting() == before) {
                Thread.onSpinWait();
            }
        }
        return futures;
    }

    @Test
    void a_piece_that_finds_nothing_running_is_done_at_once_on_its_callers_thread() {
        assertThat(batcher(ONE_IN_FLIGHT).perform("a", Deadline.in(LONG))).isEqualTo("a!");

        assertThat(batches).containsExactly(List.of("a"));
        assertThat(threads).containsExactly(Thread.currentThread().getName());
    }

    @Test
    void what_comes_meanwhile_is_the_next_batch_in_order_and_no_larger_than_allowed() throws Exception {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a", "b", "c", "d", "e");

        gate.countDown();

        assertThat(first.get()).isEqualTo("first!");
        for (int i = 0; i < rest.size(); i++) {
            assertThat(rest.get(i).get()).isEqualTo("abcde".charAt(i) + "!");
        }
        assertThat(batches).containsExactly(List.of("first"), List.of("a", "b", "c", "d"), List.of("e"));
    }

    @Test
    void a_second_batch_starts_beside_the_first_once_enough_waits() throws Exception {
        Batcher<String, String> batcher = batcher(TWO_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a");

        Future<String> second = later(batcher, "b");
        begun.acquire();
        gate.countDown();

        assertThat(List.of(first.get(), rest.get(0).get(), second.get())).containsExactly("first!", "a!", "b!");
        assertThat(batches).containsExactly(List.of("first"), List.of("a", "b"));
    }

    @Test
    void behind_a_batch_that_is_stalled_nobody_waits() throws Exception {
        Batcher<String, String> batcher = batcher(new BatchPolicy(4, 16, 2, NEVER, Duration.ZERO, 1000, 1000));
        Future<String> first = occupy(batcher);

        Future<String> second = later(batcher, "a");
        begun.acquire();
        gate.countDown();

        assertThat(List.of(first.get(), second.get())).containsExactly("first!", "a!");
        assertThat(batches).containsExactly(List.of("first"), List.of("a"));
    }

    @Test
    void who_waits_behind_a_batch_that_stalls_begins_another_though_nobody_comes() throws Exception {
        Batcher<String, String> batcher = batcher(new BatchPolicy(4, 16, 2, NEVER, Duration.ofMillis(300), 1000, 1000));
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a", "b");

        begun.acquire();
        gate.countDown();

        assertThat(List.of(first.get(), rest.get(0).get(), rest.get(1).get())).containsExactly("first!", "a!", "b!");
        assertThat(batches).containsExactly(List.of("first"), List.of("a", "b"));
    }

    @Test
    void beside_a_slow_batch_a_second_one_starts_earlier() throws Exception {
        Batcher<String, String> batcher = batcher(new BatchPolicy(4, 16, 2, Duration.ZERO, NEVER, 2, 1000));
        for (int i = 0; i < ShortestOfLate.WINDOW; i++) {
            batcher.perform("slow", Deadline.in(LONG));
        }
        batches.clear();
        begun.drainPermits();
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a");

        Future<String> second = later(batcher, "b");
        begun.acquire();
        gate.countDown();

        assertThat(List.of(first.get(), rest.get(0).get(), second.get())).containsExactly("first!", "a!", "b!");
        assertThat(batches).containsExactly(List.of("first"), List.of("a", "b"));
    }

    @Test
    void pieces_that_exclude_each_other_never_share_a_batch() throws Exception {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "same1", "a", "same2");

        gate.countDown();

        for (Future<String> each : rest) {
            each.get();
        }
        assertThat(first.get()).isEqualTo("first!");
        assertThat(batches).containsExactly(List.of("first"), List.of("same1", "a"), List.of("same2"));
    }

    @Test
    void a_piece_that_fails_in_company_fails_alone() throws Exception {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a", "bad", "c");
        poison = Set.of("bad");

        gate.countDown();

        assertThat(List.of(first.get(), rest.get(0).get(), rest.get(2).get())).containsExactly("first!", "a!", "c!");
        assertThatThrownBy(rest.get(1)::get).cause().isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_failure_that_is_nobodys_own_fails_all_and_is_tried_for_none_again() throws Exception {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a", "b");
        broken = true;

        gate.countDown();

        for (Future<String> each : List.of(first, rest.get(0), rest.get(1))) {
            assertThatThrownBy(each::get).cause().isInstanceOf(IllegalStateException.class);
        }
        assertThat(batches).containsExactly(List.of("first"), List.of("a", "b"));
        broken = false;
        assertThat(batcher.perform("later", Deadline.in(LONG))).isEqualTo("later!");
    }

    @Test
    void what_waited_too_long_is_taken_out_and_never_done() throws Exception {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        Future<String> first = occupy(batcher);

        assertThatThrownBy(() -> batcher.perform("late", Deadline.in(Duration.ofMillis(1))))
                .isInstanceOf(OverloadedException.class);
        gate.countDown();
        assertThat(first.get()).isEqualTo("first!");
        assertThat(batcher.perform("next", Deadline.in(LONG))).isEqualTo("next!");

        assertThat(batches).containsExactly(List.of("first"), List.of("next"));
    }

    @Test
    void a_follower_of_a_stalled_batch_gives_up_with_an_unknown_outcome() throws Exception {
        Batcher<String, String> batcher = batcher(TWO_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        Future<String> follower = callers.submit(() -> batcher.perform("a", Deadline.in(Duration.ofMillis(500))));
        while (batcher.waiting() == 0) {
            Thread.onSpinWait();
        }
        Future<String> leader = later(batcher, "b");
        begun.acquire();

        assertThatThrownBy(follower::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(OutcomeUnknownException.class);
        gate.countDown();
        assertThat(List.of(first.get(), leader.get())).containsExactly("first!", "b!");
        assertThat(batches).containsExactly(List.of("first"), List.of("a", "b"));
    }

    @Test
    void more_than_may_wait_is_refused_at_once() throws Exception {
        Batcher<String, String> batcher = batcher(new BatchPolicy(4, 2, 1, NEVER, NEVER, 1000, 1000));
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a", "b");

        assertThatThrownBy(() -> batcher.perform("c", Deadline.in(LONG))).isInstanceOf(OverloadedException.class);

        gate.countDown();
        assertThat(List.of(first.get(), rest.get(0).get(), rest.get(1).get())).containsExactly("first!", "a!", "b!");
    }

    @Test
    void after_a_stall_that_nobody_would_wait_for_the_next_piece_is_tried_all_the_same() {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        broken = true;
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> batcher.perform("a", Deadline.in(Duration.ZERO)))
                    .isInstanceOfAny(IllegalStateException.class);
        }
        broken = false;

        assertThat(batcher.perform("b", Deadline.in(Duration.ZERO))).isEqualTo("b!");
    }

    @Test
    void closing_waits_for_what_was_begun_and_refuses_what_comes() throws Exception {
        Batcher<String, String> batcher = batcher(ONE_IN_FLIGHT);
        Future<String> first = occupy(batcher);
        List<Future<String>> rest = waiting(batcher, "a");
        CompletableFuture<Void> closed = CompletableFuture.runAsync(batcher::close, callers);
        gate.countDown();
        closed.get();

        assertThat(List.of(first.get(), rest.get(0).get())).containsExactly("first!", "a!");
        assertThatThrownBy(() -> batcher.perform("late", Deadline.in(LONG))).isInstanceOf(OverloadedException.class);
    }
}
