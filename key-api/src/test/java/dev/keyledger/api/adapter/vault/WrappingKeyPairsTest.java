package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.crypto.WrappingKeyPair;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WrappingKeyPairsTest {

    private static String publicKey(WrappingKeyPair pair) {
        return HexFormat.of().formatHex(pair.publicKey());
    }

    private static void awaitReady(WrappingKeyPairs pairs, int count) {
        while (pairs.ready() != count) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void pairs_are_made_ahead_and_again_when_used() {
        WrappingKeyPairs pairs = new WrappingKeyPairs(new SecureRandom(), 0, Duration.ZERO);
        pairs.start();
        awaitReady(pairs, WrappingKeyPairs.MADE_AHEAD);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < WrappingKeyPairs.MADE_AHEAD; i++) {
            try (WrappingKeyPair pair = pairs.take()) {
                seen.add(publicKey(pair));
            }
        }
        awaitReady(pairs, WrappingKeyPairs.MADE_AHEAD);
        pairs.stop();

        assertThat(seen).hasSize(WrappingKeyPairs.MADE_AHEAD);
        assertThat(pairs.ready()).isZero();
        assertThat(pairs.isRunning()).isFalse();
    }

    @Test
    void with_none_ready_a_caller_makes_its_own_if_it_may() {
        try (WrappingKeyPair pair = new WrappingKeyPairs(new SecureRandom(), 1, Duration.ZERO).take()) {
            assertThat(pair.publicKey()).hasSize(294);
        }
        WrappingKeyPairs nobodyMay = new WrappingKeyPairs(new SecureRandom(), 0, Duration.ZERO);
        assertThatThrownBy(nobodyMay::take)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.THROTTLING));
    }

    @Test
    void a_pair_can_be_made_ready_before_it_is_needed() {
        WrappingKeyPairs pairs = new WrappingKeyPairs(new SecureRandom(), 1, Duration.ZERO);
        pairs.prepare();
        pairs.prepare();
        assertThat(pairs.ready()).isEqualTo(1);
        pairs.take().close();
        assertThat(pairs.ready()).isZero();

        WrappingKeyPairs nobodyMay = new WrappingKeyPairs(new SecureRandom(), 0, Duration.ZERO);
        assertThatThrownBy(nobodyMay::prepare).isInstanceOf(Refusal.class);
    }

    @Test
    void a_burst_gets_pairs_that_nobody_else_has_or_is_told_to_come_back() throws Exception {
        WrappingKeyPairs pairs = new WrappingKeyPairs(new SecureRandom(), 1, Duration.ZERO);
        pairs.start();
        List<Callable<String>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(() -> {
                try (WrappingKeyPair pair = pairs.take()) {
                    return publicKey(pair);
                } catch (Refusal refused) {
                    return refused.code().code();
                }
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(16);
        List<String> answers = new ArrayList<>();
        for (Future<String> each : threads.invokeAll(calls)) {
            answers.add(each.get());
        }
        threads.shutdown();
        pairs.stop();

        List<String> given = answers.stream()
                .filter(answer -> !answer.equals("Rejected.Throttling"))
                .toList();
        assertThat(given).isNotEmpty().doesNotHaveDuplicates().allMatch(answer -> answer.length() == 588);
    }
}
