package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.tree.SampleLog;
import dev.keyledger.evidence.tree.TreeHash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    private static final long SIZE = 70_000;
    private static final String ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    private static final Checkpoint SAMPLE =
            new Checkpoint(SampleKeys.ORIGIN, SIZE, SampleLog.of(SIZE).prover().root(SIZE));

    @Test
    void a_checkpoint_is_signed_to_the_published_bytes() {
        assertThat(new String(SAMPLE.signedBy(SampleKeys.signer()).bytes(), StandardCharsets.UTF_8))
                .isEqualTo(GoldenFile.text("checkpoint.txt"));
    }

    @Test
    void the_published_checkpoint_is_opened() {
        assertThat(Checkpoint.open(SampleKeys.goldenCheckpoint(), SampleKeys.ORIGIN, List.of(SampleKeys.KEY)))
                .isEqualTo(SAMPLE);
    }

    @Test
    void the_cosignature_of_a_witness_is_kept() {
        byte[] published = GoldenFile.bytes("checkpoint-cosigned.txt");

        SignedNote note = SignedNote.parse(published);

        assertThat(Checkpoint.open(note, SampleKeys.ORIGIN, List.of(SampleKeys.KEY)))
                .isEqualTo(SAMPLE);
        assertThat(note.signatures())
                .extracting(NoteSignature::name)
                .containsExactly(SampleKeys.ORIGIN, "witness.example/w1");
        assertThat(note.signatures().get(1).signature()).hasSize(8 + 64);
        assertThat(note.bytes()).isEqualTo(published);
        assertThat(SampleKeys.goldenCheckpoint().with(note.signatures().get(1))).isEqualTo(note);
    }

    /** The sample of C2SP tlog-checkpoint; its key is not published. */
    @Test
    void the_sample_of_the_specification_is_read() {
        SignedNote note = SignedNote.parse(("example.com/behind-the-sofa\n20852163\n" + ROOT + "\n\n"
                        + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n")
                .getBytes(StandardCharsets.UTF_8));

        assertThat(Checkpoint.parse(note.text()))
                .isEqualTo(new Checkpoint("example.com/behind-the-sofa", 20_852_163, TreeHash.ofBase64(ROOT)));
    }

    @Test
    void another_log_or_another_key_is_refused() {
        SignedNote signed = SAMPLE.signedBy(SampleKeys.signer());

        assertThatThrownBy(() -> Checkpoint.open(signed, "another.example", List.of(SampleKeys.KEY)))
                .hasMessageContaining("another log");
        assertThatThrownBy(() -> Checkpoint.open(signed, SampleKeys.ORIGIN, List.of(SampleKeys.OTHER)))
                .isInstanceOf(UnverifiedNoteException.class);
    }

    @Test
    void extensions_are_read_and_written_again() {
        Checkpoint extended = new Checkpoint("o", 3, TreeHash.ofBase64(ROOT), List.of("one", "two words"));

        assertThat(extended.text()).isEqualTo("o\n3\n" + ROOT + "\none\ntwo words\n");
        assertThat(Checkpoint.parse(extended.text())).isEqualTo(extended);
    }

    @Test
    void the_largest_tree_and_the_empty_one_are_checkpoints() {
        Checkpoint largest = new Checkpoint("o", Long.MAX_VALUE, TreeHash.ofBase64(ROOT));
        Checkpoint empty = new Checkpoint("o", 0, TreeHash.EMPTY_TREE);

        assertThat(Checkpoint.parse(largest.text())).isEqualTo(largest);
        assertThat(Checkpoint.parse(empty.text())).isEqualTo(empty);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "o\n1\n",
                "o\n1\n" + ROOT, // No line feed at the end.
                "\n1\n" + ROOT + "\n", // No origin.
                "o\n\n" + ROOT + "\n",
                "o\n01\n" + ROOT + "\n",
                "o\n+1\n" + ROOT + "\n",
                "o\n-1\n" + ROOT + "\n",
                "o\n 1\n" + ROOT + "\n",
                "o\n1.0\n" + ROOT + "\n",
                "o\n\u0661\n" + ROOT + "\n",
                "o\n9223372036854775808\n" + ROOT + "\n",
                "o\n0\n" + ROOT + "\n", // Only one head has no leaves.
                "o\n1\n\n",
                "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
                "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", // Bits beyond the last byte.
                "o\n1\nAAAA\n",
                "o\n1\n" + ROOT + " \n",
                "o\n1\n" + ROOT + "\n\n", // An empty extension.
                "o\n1\n" + ROOT + "\n\nx\n",
                "o\r\n1\n" + ROOT + "\n",
            })
    void other_texts_are_refused(String text) {
        assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_impossible_checkpoint_is_not_made() {
        TreeHash root = TreeHash.ofBase64(ROOT);

        assertThatThrownBy(() -> new Checkpoint("o", -1, root)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Checkpoint("o", 0, root)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Checkpoint("", 1, root)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Checkpoint("o\np", 1, root)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Checkpoint("o", 1, root, List.of("")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
