package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The name and the key of a log are made once and then only read. */
class LogSigningKeyTest {

    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        LogVault.settings(Map.of());
        store.close();
    }

    private LogSigningKey start() {
        return store.node("one", LogVault.components()).getBean(LogSigningKey.class);
    }

    private LogSigningKey startNamed(String origin) {
        LogVault.settings(Map.of("KEYLEDGER_LOG_ORIGIN", origin));
        return start();
    }

    private void refused(String... sentence) {
        assertThat(refusals()).hasSize(1).allSatisfy(each -> assertThat(each).contains(sentence));
    }

    /** What the operator would read. */
    private List<String> refusals() {
        List<String> sentences = new ArrayList<>();
        try {
            start();
        } catch (RuntimeException failure) {
            for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
                if (each instanceof StartupFailure) {
                    sentences.add(String.valueOf(each.getMessage()));
                }
            }
        }
        return sentences;
    }

    @Test
    void every_start_signs_with_the_key_of_the_first_one_under_its_name() {
        VerifierKey first = start().signer().verifierKey();
        SignedNote note = start().signer().sign("a text\n");

        assertThat(first.name()).isEqualTo(LogVault.ORIGIN);
        assertThat(note.verifiedBy(List.of(first))).containsExactly(first);
        // Not named any more, it keeps its name.
        assertThat(startNamed("").signer().verifierKey()).isEqualTo(first);
    }

    @Test
    void a_log_that_nobody_named_is_named_after_its_store_in_a_domain_that_nobody_has() {
        assertThat(startNamed("").signer().verifierKey().name())
                .isEqualTo("0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31.keyledger.invalid");
    }

    @Test
    void another_name_refuses_the_start() {
        start();
        LogVault.settings(Map.of("KEYLEDGER_LOG_ORIGIN", "another.example"));
        refused(
                "KEYLEDGER_LOG_ORIGIN is another.example but the log of this store was begun as " + LogVault.ORIGIN,
                "fixed at the first start");
    }

    @Test
    void a_key_that_was_changed_or_renamed_refuses_the_start() {
        start();
        store.ownerSql()
                .sql("update log_identity set origin = 'renamed.example'")
                .update();
        LogVault.settings(Map.of("KEYLEDGER_LOG_ORIGIN", ""));
        refused("The store is damaged", "renamed.example");

        store.ownerSql()
                .sql("update log_identity set origin = :origin, public_key = decode(repeat('01', 32), 'hex')")
                .param("origin", LogVault.ORIGIN)
                .update();
        refused("The store is damaged");

        store.ownerSql()
                .sql("delete from domain_key where purpose = 'log-signing'")
                .update();
        refused("The store is damaged");
    }

    @Test
    void the_seed_lies_wrapped_and_shows_nowhere() {
        LogSigningKey key = start();
        byte[] wrapped = store.sql()
                .sql("select wrapped_seed from log_identity")
                .query(byte[].class)
                .single();
        assertThat(wrapped).hasSize(32 + 16);
        assertThat(key.signer().toString())
                .isEqualTo("NoteSigner[" + key.signer().verifierKey() + "]");
    }
}
