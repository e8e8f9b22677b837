package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.tree.EntryBundle;
import dev.keyledger.evidence.tree.TilePath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as evidence that somebody hands in: refused in the one documented way, or what would be written again. */
class NoteFuzzTest {

    static Stream<byte[]> notes() {
        return Stream.of("checkpoint.txt", "checkpoint-cosigned.txt").map(GoldenFile::bytes);
    }

    static Stream<byte[]> proofs() {
        return Stream.of("record-12345.tlog-proof", "record-69999-extra.tlog-proof")
                .map(GoldenFile::bytes);
    }

    static Stream<byte[]> keys() {
        return Stream.of(SampleKeys.KEY.text(), SampleKeys.OTHER.text()).map(NoteFuzzTest::utf8);
    }

    static Stream<byte[]> paths() {
        return Stream.of("tile/0/x001/234.p/5", "tile/63/000", "tile/entries/x999/x999/000.p/255")
                .map(NoteFuzzTest::utf8);
    }

    static Stream<byte[]> bundles() {
        return Stream.of(EntryBundle.of(List.of(new byte[0], new byte[] {1, 2}, new byte[300]))
                .bytes());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @MethodSource("notes")
    @FuzzTest
    void bytes_are_no_checkpoint_or_the_same_again(byte[] bytes) {
        refusedOrSame(bytes, input -> {
            SignedNote note = SignedNote.parse(input);
            return new SignedNote(Checkpoint.parse(note.text()).text(), note.signatures()).bytes();
        });
    }

    @MethodSource("proofs")
    @FuzzTest
    void bytes_are_no_proof_or_the_same_again(byte[] bytes) {
        refusedOrSame(bytes, input -> TlogProof.parse(input).bytes());
    }

    @MethodSource("keys")
    @FuzzTest
    void text_is_no_verifier_key_or_the_same_again(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        refusedOrSame(utf8(text), input -> utf8(VerifierKey.parse(text).text()));
    }

    @MethodSource("paths")
    @FuzzTest
    void text_is_no_path_of_a_tile_or_the_same_again(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        refusedOrSame(utf8(text), input -> utf8(TilePath.parse(text).text()));
    }

    @MethodSource("bundles")
    @FuzzTest
    void bytes_are_no_bundle_or_all_of_its_records(byte[] bytes) {
        EntryBundle bundle;
        try {
            bundle = EntryBundle.parse(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        int[] seen = new int[2];
        bundle.forEach((all, offset, length) -> {
            seen[0]++;
            seen[1] += 2 + length;
        });
        assertThat(seen).containsExactly(bundle.size(), bytes.length);
    }

    private static void refusedOrSame(byte[] bytes, Function<byte[], byte[]> again) {
        byte[] written;
        try {
            written = again.apply(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(written).isEqualTo(bytes);
    }
}
