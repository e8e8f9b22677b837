package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.tree.SampleLog;
import dev.keyledger.evidence.tree.TreeProver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlogProofTest {

    private static final long SIZE = 70_000;
    private static final TreeProver LOG = SampleLog.of(SIZE).prover();
    private static final List<VerifierKey> KEYS = List.of(SampleKeys.KEY);
    private static final byte[] NO_EXTRA = {};
    private static final String PLAIN = GoldenFile.text("record-12345.tlog-proof");

    private static TlogProof parse(String proof) {
        return TlogProof.parse(proof.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_proof_is_written_as_published() {
        TlogProof plain = TlogProof.of(LOG.inclusion(12_345, SIZE), SampleKeys.goldenCheckpoint(), NO_EXTRA);
        TlogProof extra = TlogProof.of(
                LOG.inclusion(SIZE - 1, SIZE),
                SignedNote.parse(GoldenFile.bytes("checkpoint-cosigned.txt")),
                SampleKeys.ORIGIN.getBytes(StandardCharsets.US_ASCII));

        assertThat(new String(plain.bytes(), StandardCharsets.UTF_8)).isEqualTo(PLAIN);
        assertThat(new String(extra.bytes(), StandardCharsets.UTF_8))
                .isEqualTo(GoldenFile.text("record-69999-extra.tlog-proof"));
    }

    @Test
    void a_published_proof_is_read_and_holds() {
        TlogProof proof = TlogProof.parse(GoldenFile.bytes("record-69999-extra.tlog-proof"));

        assertThat(proof.index()).isEqualTo(SIZE - 1);
        assertThat(proof.extra()).asString().isEqualTo(SampleKeys.ORIGIN);
        assertThat(proof.checkpoint().signatures()).hasSize(2);
        assertThat(proof.verify(SampleLog.leaf(SIZE - 1), SampleKeys.ORIGIN, KEYS)
                        .size())
                .isEqualTo(SIZE);
        assertThat(parse(PLAIN)
                        .verify(SampleLog.leaf(12_345), SampleKeys.ORIGIN, KEYS)
                        .root())
                .isEqualTo(LOG.root(SIZE));
    }

    @Test
    void the_proof_of_the_only_record_has_no_hashes() {
        TreeProver one = SampleLog.of(1).prover();
        SignedNote note = new Checkpoint(SampleKeys.ORIGIN, 1, one.root(1)).signedBy(SampleKeys.signer());
        TlogProof proof = TlogProof.of(one.inclusion(0, 1), note, NO_EXTRA);

        assertThat(new String(proof.bytes(), StandardCharsets.UTF_8))
                .startsWith("c2sp.org/tlog-proof@v1\nindex 0\n\n" + SampleKeys.ORIGIN + "\n1\n");
        assertThat(TlogProof.parse(proof.bytes())
                        .verify(SampleLog.leaf(0), SampleKeys.ORIGIN, KEYS)
                        .size())
                .isEqualTo(1);
    }

    @Test
    void every_change_of_a_byte_is_refused() {
        byte[] good = PLAIN.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < good.length; i++) {
            byte[] changed = good.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> TlogProof.parse(changed).verify(SampleLog.leaf(12_345), SampleKeys.ORIGIN, KEYS))
                    .as("byte %d", i)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void another_record_log_or_key_is_refused() {
        TlogProof proof = parse(PLAIN);

        assertThatThrownBy(() -> proof.verify(SampleLog.leaf(12_344), SampleKeys.ORIGIN, KEYS))
                .hasMessageContaining("not proved");
        assertThatThrownBy(() -> proof.verify(SampleLog.leaf(12_345), "another.example", KEYS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> proof.verify(SampleLog.leaf(12_345), SampleKeys.ORIGIN, List.of(SampleKeys.OTHER)))
                .isInstanceOf(UnverifiedNoteException.class);
    }

    @Test
    void proof_and_checkpoint_are_of_one_tree() {
        SignedNote checkpoint = SampleKeys.goldenCheckpoint();

        assertThatThrownBy(() -> TlogProof.of(LOG.inclusion(3, SIZE - 1), checkpoint, NO_EXTRA))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "c2sp.org/tlog-proof@v1\\n, c2sp.org/tlog-proof@v2\\n",
        "c2sp.org/tlog-proof@v1\\n, ''",
        "index 12345\\n, ''",
        "index 12345\\n, index 012345\\n",
        "index 12345\\n, index +12345\\n",
        "index 12345\\n, index  12345\\n",
        "index 12345\\n, index -1\\n",
        "index 12345\\n, index 70000\\n",
        "index 12345\\n, extra \\nindex 12345\\n",
        "index 12345\\n, extra AA\\nindex 12345\\n",
        "index 12345\\n, extra AB==\\nindex 12345\\n",
        "index 12345\\n, extra AA==\\n",
        "index 12345\\n, extra AA==\\nextra AA==\\nindex 12345\\n",
        "index 12345\\n, index 12345\\nAAAA\\n",
        "index 12345\\n, index 12345\\n\\n",
        "\\n\\n, \\n",
    })
    void other_spellings_are_refused(String part, String other) {
        String changed = PLAIN.replace(part.replace("\\n", "\n"), other.replace("\\n", "\n"));

        assertThat(changed).isNotEqualTo(PLAIN);
        assertThatThrownBy(() -> parse(changed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void no_tree_is_as_high_as_sixty_four_hashes() {
        String hash = LOG.root(1).base64() + "\n";

        assertThatThrownBy(() -> parse(PLAIN.replaceFirst("index 12345\n", "index 12345\n" + hash.repeat(64))))
                .hasMessageContaining("longer");
    }
}
