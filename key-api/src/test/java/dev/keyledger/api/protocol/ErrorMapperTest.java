package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.batch.OutcomeUnknownException;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class ErrorMapperTest {

    @Test
    void a_refusal_is_itself_also_as_a_cause() {
        Refusal refusal = Refusal.of(ErrorCode.REJECTED_DISABLED);

        assertThat(ErrorMapper.refusalFor(refusal)).isSameAs(refusal);
        assertThat(ErrorMapper.refusalFor(new IllegalStateException(refusal))).isSameAs(refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08000", "08003", "08006", "08007", "53100", "53300", "57P01", "57P03", "57014", "58030", "25006",
                "25P03", "25P04"
            })
    void a_database_that_cannot_serve_now_is_temporary(String state) {
        assertThat(ErrorMapper.refusalFor(new RuntimeException(new SQLException("", state)))
                        .code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void a_connection_that_the_pool_has_given_up_is_temporary() {
        assertThat(ErrorMapper.refusalFor(new IllegalStateException(new SQLException("Connection is closed")))
                        .code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void a_commit_of_unknown_outcome_is_temporary() {
        assertThat(ErrorMapper.refusalFor(new TransactionSystemException("commit"))
                        .code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(ErrorMapper.refusalFor(new CannotCreateTransactionException("pool"))
                        .code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(ErrorMapper.refusalFor(new QueryTimeoutException("slow")).code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void a_batch_that_is_not_done_by_the_deadline_is_temporary() {
        assertThat(ErrorMapper.refusalFor(new OutcomeUnknownException()).code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void everything_else_is_a_fault_of_ours() {
        assertThat(ErrorMapper.refusalFor(new SQLException("", "23505")).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
        assertThat(ErrorMapper.refusalFor(new DataIntegrityViolationException(""))
                        .code())
                .isEqualTo(ErrorCode.INTERNAL_FAILURE);
        assertThat(ErrorMapper.refusalFor(new AssertionError()).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
    }

    @Test
    void a_description_has_classes_and_states_but_no_message() {
        IllegalStateException outer =
                new IllegalStateException("outer secret", new SQLException("inner secret", "08006"));

        assertThat(ErrorMapper.describe(outer))
                .contains("java.lang.IllegalStateException", "caused by java.sql.SQLException (SQL state 08006)")
                .contains("ErrorMapperTest")
                .doesNotContain("secret");
    }

    @Test
    void a_circle_of_causes_ends() {
        RuntimeException one = new RuntimeException();
        RuntimeException two = new RuntimeException(one);
        one.initCause(two);

        assertThat(ErrorMapper.refusalFor(one).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
    }
}
