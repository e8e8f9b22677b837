package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class AuditedExchangeTest {

    private final AuditDraft draft =
            new AuditDraft(UUID.randomUUID().toString(), "127.0.0.1", "test").nonce("n", Instant.EPOCH);
    private final Script audit = new Script();
    private final AuditedExchange exchange = new AuditedExchange(audit, draft);

    /** Fails as it is told, then writes. */
    private static final class Script implements Audit {

        private final Deque<RuntimeException> failures = new ArrayDeque<>();
        private final List<Outcome> written = new ArrayList<>();

        @Override
        public void record(AuditDraft record, Outcome outcome) {
            RuntimeException failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
            written.add(outcome);
        }
    }

    @Test
    void a_twin_that_was_recorded_first_wins_over_the_answer() {
        audit.failures.add(Refusal.of(ErrorCode.NONCE_USED));

        assertThat(run(() -> "plaintext")).isEqualTo("SignatureNonceUsed");
        assertThat(audit.written).containsExactly(Outcome.unauthenticated(ErrorCode.NONCE_USED));
        assertThat(draft.replayProtected()).isFalse();
    }

    @Test
    void a_twin_that_was_recorded_first_wins_over_a_refusal() {
        audit.failures.add(Refusal.of(ErrorCode.NONCE_USED));

        assertThat(run(() -> {
                    throw Refusal.of(ErrorCode.KEY_NOT_FOUND);
                }))
                .isEqualTo("SignatureNonceUsed");
        assertThat(audit.written).containsExactly(Outcome.unauthenticated(ErrorCode.NONCE_USED));
    }

    @Test
    void a_success_whose_record_may_or_may_not_be_there_is_recorded_as_failed() {
        audit.failures.add(new DataAccessResourceFailureException("lost during commit"));

        assertThat(run(() -> "plaintext")).isEqualTo("ServiceUnavailableTemporary");
        assertThat(audit.written).containsExactly(Outcome.of(ErrorCode.SERVICE_UNAVAILABLE));
    }

    @Test
    void what_cannot_be_recorded_at_all_is_unavailable() {
        audit.failures.add(new IllegalStateException());
        audit.failures.add(new IllegalStateException());

        assertThat(run(() -> "plaintext")).isEqualTo("ServiceUnavailableTemporary");
        assertThat(audit.written).isEmpty();
    }

    @Test
    void a_refusal_that_cannot_be_recorded_does_not_leave() {
        audit.failures.add(new IllegalStateException());

        assertThat(run(() -> {
                    throw Refusal.of(ErrorCode.KEY_NOT_FOUND);
                }))
                .isEqualTo("ServiceUnavailableTemporary");
    }

    @Test
    void a_fault_after_the_record_was_written_leaves_no_second_one() {
        assertThat(run(() -> {
                    draft.written();
                    throw new IllegalStateException();
                }))
                .isEqualTo("InternalFailure");
        assertThat(audit.written).isEmpty();
    }

    @Test
    void an_error_of_the_virtual_machine_is_answered_and_recorded_too() {
        assertThat(run(() -> {
                    throw new StackOverflowError();
                }))
                .isEqualTo("InternalFailure");
        assertThat(audit.written).containsExactly(Outcome.of(ErrorCode.INTERNAL_FAILURE));
    }

    private String run(Supplier<String> work) {
        exchange.reached(AuditedExchange.Stage.ACTING);
        return exchange.run(work, refusal -> refusal.code().code());
    }
}
