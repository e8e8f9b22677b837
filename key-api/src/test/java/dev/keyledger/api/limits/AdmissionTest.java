package dev.keyledger.api.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.protocol.OperationClass;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {

    /** So slow that no token comes back during a test. */
    private static final Optional<Rate> THREE = Optional.of(new Rate(1, 3));

    private static final Optional<Rate> NONE = Optional.empty();

    private static final Outcome WRONG_SIGNATURE = Outcome.unauthenticated(ErrorCode.SIGNATURE_DOES_NOT_MATCH);

    private static void throttled(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.THROTTLING));
    }

    private static void exhaust(ThrowingCallable call) {
        for (int i = 0; i < 3; i++) {
            assertThatCode(call).doesNotThrowAnyException();
        }
    }

    @Test
    void each_principal_has_a_bucket_for_each_class_of_work() {
        Admission admission = new Admission(new Limits(THREE, THREE, THREE, NONE));
        exhaust(() -> admission.admit("ann", OperationClass.USE));
        // A test that takes longer than a second here gets one more token; it takes some more to be sure.
        throttled(() -> {
            for (int i = 0; i < 3; i++) {
                admission.admit("ann", OperationClass.USE);
            }
        });
        exhaust(() -> admission.admit("ann", OperationClass.IMPORT));
        exhaust(() -> admission.admit("bob", OperationClass.USE));
        exhaust(() -> admission.admit("ann", OperationClass.READ));
        throttled(() -> {
            for (int i = 0; i < 3; i++) {
                admission.admit("ann", OperationClass.CHANGE);
            }
        });
    }

    @Test
    void without_limits_everything_is_admitted() {
        Admission admission = new Admission(new Limits(NONE, NONE, NONE, NONE));
        for (int i = 0; i < 10_000; i++) {
            admission.answered("192.0.2.1", WRONG_SIGNATURE);
            admission.admit("192.0.2.1");
            admission.admit("ann", OperationClass.USE);
        }
    }

    @Test
    void an_address_that_failed_too_often_is_refused_and_no_other_is() {
        Admission admission = new Admission(new Limits(NONE, NONE, NONE, THREE));
        exhaust(() -> admission.answered("192.0.2.1", WRONG_SIGNATURE));
        throttled(() -> {
            admission.answered("192.0.2.1", WRONG_SIGNATURE);
            admission.admit("192.0.2.1");
        });
        assertThatCode(() -> admission.admit("192.0.2.2")).doesNotThrowAnyException();
    }

    @Test
    void only_what_could_not_be_authenticated_counts_against_an_address() {
        Admission admission = new Admission(new Limits(NONE, NONE, NONE, THREE));
        for (int i = 0; i < 100; i++) {
            admission.answered("192.0.2.1", Outcome.SUCCESS);
            admission.answered("192.0.2.1", Outcome.of(ErrorCode.KEY_NOT_FOUND));
            admission.answered("192.0.2.1", Outcome.malformed(ErrorCode.ACTION_NOT_FOUND));
            // A refusal must not keep its own bucket empty.
            admission.answered("192.0.2.1", Outcome.unauthenticated(ErrorCode.THROTTLING));
        }
        assertThatCode(() -> admission.admit("192.0.2.1")).doesNotThrowAnyException();
    }

    @Test
    void addresses_of_version_6_count_by_network() {
        Admission admission = new Admission(new Limits(NONE, NONE, NONE, THREE));
        throttled(() -> {
            for (int i = 0; i < 5; i++) {
                admission.answered("2001:db8:1:2:0:0:0:" + i, WRONG_SIGNATURE);
            }
            admission.admit("2001:db8:1:2:ffff:0:0:9");
        });
        assertThatCode(() -> admission.admit("2001:db8:1:3:0:0:0:0")).doesNotThrowAnyException();
    }

    @Test
    void invented_addresses_do_not_fill_the_memory() {
        Buckets buckets = new Buckets(new Rate(1, 1));
        for (int i = 0; i < 100_000; i++) {
            var unused = buckets.take("invented " + i);
        }
        assertThat(buckets.size()).isLessThanOrEqualTo(Buckets.NAMES);
    }

    @ParameterizedTest
    @CsvSource({"1,1,2", "100,100,200", "100/100,100,100", "20/200,20,200"})
    void a_rate_is_a_number_or_a_number_and_a_burst(String text, int perSecond, int burst) {
        assertThat(Rate.parse(text)).contains(new Rate(perSecond, burst));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1.5", "1/0", "10/9", "1/2/3", "ten", "1000000", "1/10000000", " 1"})
    void anything_else_is_no_rate(String text) {
        assertThat(Rate.parse(text)).isEmpty();
    }
}
