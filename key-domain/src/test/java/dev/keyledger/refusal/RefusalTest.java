package dev.keyledger.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {

    @Test
    void a_refusal_tells_the_client_the_codes_text_with_its_arguments() {
        Refusal refusal = Refusal.of(ErrorCode.INVALID_PARAMETER, "KeyMaterialExpireUnix");
        assertThat(refusal.clientMessage())
                .isEqualTo("The specified parameter \"KeyMaterialExpireUnix\" is not valid.");
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(refusal).hasMessage("InvalidParameter");
    }

    @Test
    void a_text_with_a_percent_sign_in_its_argument_is_told_as_it_is() {
        assertThat(Refusal.of(ErrorCode.MISSING_PARAMETER, "100%s").clientMessage())
                .isEqualTo("The parameter  100%s  needed but no provided.");
    }

    @Test
    void the_internal_reason_never_reaches_the_client() {
        Refusal refusal = Refusal.of(ErrorCode.INVALID_KEY_MATERIAL).because("padding");
        assertThat(refusal.reason()).isEqualTo("padding");
        assertThat(refusal.clientMessage()).isEqualTo("key material is invalid.");
        assertThat(refusal.toString()).doesNotContain("padding");
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_KEY_MATERIAL);
        assertThat(Refusal.of(ErrorCode.INVALID_KEY_MATERIAL).reason()).isEmpty();
    }

    @Test
    void arguments_survive_a_reason() {
        assertThat(Refusal.of(ErrorCode.MISSING_PARAMETER, "KeyId")
                        .because("why")
                        .clientMessage())
                .isEqualTo("The parameter  KeyId  needed but no provided.");
    }

    @Test
    void a_refusal_is_an_answer_and_has_no_stack_trace() {
        assertThat(Refusal.of(ErrorCode.KEY_NOT_FOUND).getStackTrace()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void only_throttling_and_the_services_own_failures_are_worth_a_retry(ErrorCode code) {
        assertThat(code.retryable()).isEqualTo(code.httpStatus() == 429 || code.httpStatus() / 100 == 5);
        assertThat(code.code()).matches("[A-Za-z.0-9]+");
    }

    @Test
    void every_rejection_by_state_is_a_409() {
        assertThat(List.of(
                        ErrorCode.REJECTED_DISABLED,
                        ErrorCode.REJECTED_PENDING_DELETION,
                        ErrorCode.REJECTED_PENDING_IMPORT,
                        ErrorCode.STATE_MODIFIED_FAILED))
                .allSatisfy(code -> assertThat(code.httpStatus()).isEqualTo(409));
    }
}
