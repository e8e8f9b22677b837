package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.SampleLog;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeProver;
import dev.sigstore.rekor.client.ImmutableInclusionProof;
import dev.sigstore.rekor.client.ImmutableRekorEntry;
import dev.sigstore.rekor.client.ImmutableVerification;
import dev.sigstore.rekor.client.RekorVerificationException;
import dev.sigstore.rekor.client.RekorVerifier;
import dev.sigstore.trustroot.ImmutableLogId;
import dev.sigstore.trustroot.ImmutablePublicKey;
import dev.sigstore.trustroot.ImmutableTransparencyLog;
import dev.sigstore.trustroot.ImmutableValidFor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
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
    private static final byte[] LOG_ID =
            ByteBuffer.allocate(32).putInt(SampleKeys.KEY.id()).array();
    private static final SignedNote CHECKPOINT =
            new Checkpoint(SampleKeys.ORIGIN, SIZE, LOG.root(SIZE)).signedBy(SampleKeys.signer());

    /** RFC 8410: what comes before the 32 bytes of a key. */
    private static final byte[] SUBJECT_PUBLIC_KEY_INFO = HexFormat.of().parseHex("302a300506032b6570032100");

    private static Provider[] before = {};

    @BeforeAll
    static void remember() {
        before = Security.getProviders();
    }

    /** It adds a security provider to the whole process, which no other test shall see. */
    @AfterAll
    static void restore() {
        List<Provider> known = List.of(before);
        for (Provider provider : Security.getProviders()) {
            if (!known.contains(provider)) {
                Security.removeProvider(provider.getName());
            }
        }
    }

    private static void verify(long index, byte[] record, InclusionProof proof, String checkpoint)
            throws RekorVerificationException {
        byte[] key = ByteBuffer.allocate(SUBJECT_PUBLIC_KEY_INFO.length + Ed25519.PUBLIC_KEY_BYTES)
                .put(SUBJECT_PUBLIC_KEY_INFO)
                .put(SampleKeys.PUBLIC)
                .array();
        RekorVerifier verifier = RekorVerifier.newRekorVerifier(List.of(ImmutableTransparencyLog.builder()
                .baseUrl(URI.create("https://" + SampleKeys.ORIGIN))
                .hashAlgorithm("SHA2_256")
                .logId(ImmutableLogId.builder().keyId(LOG_ID).build())
                .publicKey(ImmutablePublicKey.builder()
                        .rawBytes(key)
                        .keyDetails("PKIX_ED25519")
                        .validFor(
                                ImmutableValidFor.builder().start(Instant.EPOCH).build())
                        .build())
                .build()));
        verifier.verifyEntry(ImmutableRekorEntry.builder()
                .body(Base64.getEncoder().encodeToString(record))
                .integratedTime(0)
                .logID(HexFormat.of().formatHex(LOG_ID))
                .logIndex(index)
                .verification(ImmutableVerification.builder()
                        .inclusionProof(ImmutableInclusionProof.builder()
                                .logIndex(index)
                                .treeSize(proof.size())
                                .addAllHashes(
                                        proof.path().stream().map(TreeHash::hex).toList())
                                .rootHash(LOG.root(SIZE).hex())
                                .checkpoint(checkpoint)
                                .build())
                        .build())
                .build());
    }

    private static String text(SignedNote note) {
        return new String(note.bytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 255, 256, 12_345, 65_535, 65_536, 69_888, 69_999})
    void a_record_is_verified_by_our_proof_and_checkpoint(long index) {
        assertThatCode(() -> verify(index, SampleLog.record(index), LOG.inclusion(index, SIZE), text(CHECKPOINT)))
                .doesNotThrowAnyException();
    }

    @Test
    void a_cosignature_does_not_disturb() {
        assertThatCode(() -> verify(
                        7, SampleLog.record(7), LOG.inclusion(7, SIZE), GoldenFile.text("checkpoint-cosigned.txt")))
                .doesNotThrowAnyException();
    }

    @Test
    void another_record_or_proof_is_refused() {
        assertThatThrownBy(() -> verify(7, SampleLog.record(8), LOG.inclusion(7, SIZE), text(CHECKPOINT)))
                .isInstanceOf(RekorVerificationException.class);
        assertThatThrownBy(() -> verify(7, SampleLog.record(7), LOG.inclusion(8, SIZE), text(CHECKPOINT)))
                .isInstanceOf(RekorVerificationException.class);
    }

    @Test
    void another_signature_or_another_head_is_refused() {
        SignedNote otherHead =
                new Checkpoint(SampleKeys.ORIGIN, SIZE, LOG.root(SIZE - 1)).signedBy(SampleKeys.signer());
        SignedNote otherSize =
                new Checkpoint(SampleKeys.ORIGIN, SIZE + 1, LOG.root(SIZE)).signedBy(SampleKeys.signer());
        SignedNote borrowed = new SignedNote(CHECKPOINT.text(), otherSize.signatures());

        assertThatThrownBy(() -> verify(7, SampleLog.record(7), LOG.inclusion(7, SIZE), text(otherHead)))
                .isInstanceOf(RekorVerificationException.class);
        assertThatThrownBy(() -> verify(7, SampleLog.record(7), LOG.inclusion(7, SIZE), text(borrowed)))
                .isInstanceOf(RekorVerificationException.class);
    }
}
