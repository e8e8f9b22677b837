package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many at once on one thing: whoever is not served is told to come back, and nothing else happens to anybody. */
@ExtendWith(NodeExtension.class)
class ConcurrentChangesTest {

    private TestNode node;
    private Kms kms;
    private Keys keys;

    @BeforeEach
    void connect(TestNode shared, Kms client, Keys made) {
        node = shared;
        kms = client;
        keys = made;
    }

    private static <T> List<T> together(int threads, List<Callable<T>> calls)
            throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> each : executor.invokeAll(calls)) {
                answers.add(each.get());
            }
            return answers;
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void sixty_four_callers_of_one_key_are_served_in_turn_or_told_to_come_back() throws Exception {
        MadeKey key = keys.generated();
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 192; i++) {
            String action = i % 2 == 0 ? "DisableKey" : "EnableKey";
            calls.add(() -> kms.call(action, "KeyId", key.id()));
        }

        List<Reply> replies = together(64, calls);

        assertThat(replies)
                .extracting(Reply::code)
                .contains("ok")
                .allMatch(code -> List.of("ok", "Rejected.Throttling", "Rejected.StateModifiedFailed")
                        .contains(code));
        assertThat(node.sql()
                        .sql(
                                "select count(*) = max(sequence_number) + 1 from domain_event where aggregate_identifier = ?")
                        .param(key.id())
                        .query(Boolean.class)
                        .single())
                .isTrue();
        kms.call("EnableKey", "KeyId", key.id()).ok();
    }

    @Test
    void many_imports_of_the_right_material_at_once_cost_their_token_nothing() throws Exception {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        String encrypted = parameters.wrap(key.material());
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            calls.add(() -> keys.importWith(parameters, encrypted));
        }

        List<Reply> replies = together(40, calls);

        assertThat(replies)
                .extracting(Reply::code)
                .contains("ok")
                .allMatch(code -> List.of("ok", "Rejected.Throttling").contains(code));
        assertThat(node.sql()
                        .sql("select failures + in_progress from import_session where key_id = ?::uuid")
                        .param(key.id())
                        .query(Integer.class)
                        .single())
                .isZero();
        keys.importWith(parameters, encrypted).ok();
    }

    @Test
    void a_burst_of_two_hundred_gets_wrapping_keys_that_nobody_else_has() throws Exception {
        MadeKey key = keys.external();
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(() -> kms.call(
                    "GetParametersForImport",
                    "KeyId",
                    key.id(),
                    "WrappingAlgorithm",
                    "RSAES_OAEP_SHA_256",
                    "WrappingKeySpec",
                    "RSA_2048"));
        }

        List<Reply> replies = together(32, calls);

        assertThat(replies).extracting(Reply::status).allMatch(status -> status < 500);
        List<String> given = replies.stream()
                .filter(reply -> reply.status() == 200)
                .map(reply -> reply.text("PublicKey"))
                .toList();
        assertThat(given).isNotEmpty().doesNotHaveDuplicates();
    }
}
