package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.SampleLog;
import dev.keyledger.evidence.tree.TreeProver;
import dev.sigstore.rekor.client.RekorVerificationException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our checkpoints and inclusion proofs before the verifier of {@code dev.sigstore:sigstore-java}. It takes the log's host name for the name of
 * its key and four bytes of the log's id for the key's, compares neither origin nor size of a checkpoint, and knows no consistency proofs.
 */
@Tag("stranger")
class SigstoreJavaTest {

    private static final long SIZE = 70_000;
    private static final TreeProver LOG = SampleLog.of(SIZE).prover();
    private static final SignedNote CHECKPOINT =
            new Checkpoint(SampleKeys.ORIGIN, SIZE, LOG.root(SIZE)).signedBy(SampleKeys.signer());

    private static SigstoreVerifier verifier;

    @BeforeAll
    static void open() {
        verifier = new SigstoreVerifier(SampleKeys.KEY);
    }

    @AfterAll
    static void close() {
        verifier.close();
    }

    private static void verify(byte[] record, InclusionProof proof, String checkpoint)
            throws RekorVerificationException {
        verifier.verify(record, proof, LOG.root(SIZE), checkpoint);
    }

    private static String text(SignedNote note) {
        return new String(note.bytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 255, 256, 12_345, 65_535, 65_536, 69_888, 69_999})
    void a_record_is_verified_by_our_proof_and_checkpoint(long index) {
        assertThatCode(() -> verify(SampleLog.record(index), LOG.inclusion(index, SIZE), text(CHECKPOINT)))
                .doesNotThrowAnyException();
    }

    @Test
    void a_cosignature_does_not_disturb() {
        assertThatCode(() ->
                        verify(SampleLog.record(7), LOG.inclusion(7, SIZE), GoldenFile.text("checkpoint-cosigned.txt")))
                .doesNotThrowAnyException();
    }

    @Test
    void another_record_or_proof_is_refused() {
        assertThatThrownBy(() -> verify(SampleLog.record(8), LOG.inclusion(7, SIZE), text(CHECKPOINT)))
                .isInstanceOf(RekorVerificationException.class);
        assertThatThrownBy(() -> verify(SampleLog.record(7), LOG.inclusion(8, SIZE), text(CHECKPOINT)))
                .isInstanceOf(RekorVerificationException.class);
    }

    @Test
    void another_signature_or_another_head_is_refused() {
        SignedNote otherHead =
                new Checkpoint(SampleKeys.ORIGIN, SIZE, LOG.root(SIZE - 1)).signedBy(SampleKeys.signer());
        SignedNote otherSize =
                new Checkpoint(SampleKeys.ORIGIN, SIZE + 1, LOG.root(SIZE)).signedBy(SampleKeys.signer());
        SignedNote borrowed = new SignedNote(CHECKPOINT.text(), otherSize.signatures());

        assertThatThrownBy(() -> verify(SampleLog.record(7), LOG.inclusion(7, SIZE), text(otherHead)))
                .isInstanceOf(RekorVerificationException.class);
        assertThatThrownBy(() -> verify(SampleLog.record(7), LOG.inclusion(7, SIZE), text(borrowed)))
                .isInstanceOf(RekorVerificationException.class);
    }
}
