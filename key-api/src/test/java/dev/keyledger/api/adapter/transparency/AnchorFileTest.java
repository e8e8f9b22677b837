package dev.keyledger.api.adapter.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.AnchoredCheckpoint;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.Ed25519;
import dev.keyledger.evidence.note.NoteSigner;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.TreeHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that keeps checkpoints outside the database: only appended to, and whole again after every write that was torn. */
class AnchorFileTest {

    private static final String ORIGIN = "log.keyledger.example";

    // RFC 8032 §7.1, TEST 1 and TEST 2.
    private static final NoteSigner OURS = signer(
            ORIGIN,
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    private static final NoteSigner FORGER = signer(
            ORIGIN,
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    private static final NoteSigner NEIGHBOUR = signer(
            "neighbour.keyledger.example",
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

    @TempDir
    private Path directory = Path.of("");

    private static NoteSigner signer(String name, String seed, String publicKey) {
        HexFormat hex = HexFormat.of();
        return new NoteSigner(VerifierKey.of(name, hex.parseHex(publicKey)), Ed25519.privateKey(hex.parseHex(seed)));
    }

    private static SignedNote checkpoint(NoteSigner by, long size) {
        byte[] head = new byte[TreeHash.BYTES];
        Arrays.fill(head, (byte) size);
        return new Checkpoint(by.verifierKey().name(), size, TreeHash.of(head)).signedBy(by);
    }

    private Path path() {
        return directory.resolve("anchor");
    }

    private AnchorFile file() {
        return new AnchorFile(path(), OURS.verifierKey());
    }

    private long last() throws IOException {
        return file().last().map(SignedHead::size).orElse(0L);
    }

    private void add(byte[] bytes) throws IOException {
        Files.write(path(), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static byte[] line(SignedNote note) {
        return new AnchoredCheckpoint(note).canonical();
    }

    @Test
    void checkpoints_are_lines_one_after_the_other() throws IOException {
        assertThat(last()).isZero();
        file().append(checkpoint(OURS, 5));
        file().append(checkpoint(OURS, 9));

        assertThat(Files.readAllLines(path()))
                .containsExactly(
                        new String(line(checkpoint(OURS, 5)), StandardCharsets.UTF_8),
                        new String(line(checkpoint(OURS, 9)), StandardCharsets.UTF_8));
        assertThat(file().last().orElseThrow().note()).isEqualTo(checkpoint(OURS, 9));
    }

    @Test
    void who_comes_late_adds_nothing() throws IOException {
        file().append(checkpoint(OURS, 9));
        file().append(checkpoint(OURS, 5));
        file().append(checkpoint(OURS, 9));
        assertThat(Files.readAllLines(path())).hasSize(1);
    }

    @Test
    void wherever_a_write_was_torn_the_one_before_counts_and_the_next_one_is_whole() throws IOException {
        byte[] torn = line(checkpoint(OURS, 9));
        for (int length = 1; length < torn.length; length += 13) {
            Files.deleteIfExists(path());
            file().append(checkpoint(OURS, 5));
            add(Arrays.copyOf(torn, length));
            assertThat(last()).as("torn after " + length).isEqualTo(5);

            file().append(checkpoint(OURS, 9));
            assertThat(last()).as("after the one torn after " + length).isEqualTo(9);
        }
    }

    @Test
    void a_write_that_lost_its_line_feed_alone_counts_and_one_that_became_zeros_does_not() throws IOException {
        file().append(checkpoint(OURS, 5));
        add(line(checkpoint(OURS, 9)));
        assertThat(last()).isEqualTo(9);
        file().append(checkpoint(OURS, 11));
        assertThat(last()).isEqualTo(11);
        add(new byte[4096]);
        assertThat(last()).isEqualTo(11);
        file().append(checkpoint(OURS, 12));
        assertThat(last()).isEqualTo(12);
    }

    @Test
    void others_share_the_file_and_ours_is_found_far_before_its_end() throws IOException {
        file().append(checkpoint(OURS, 5));
        byte[] deletion =
                "{\"at\":\"2026-11-25T08:09:10.000Z\",\"cause\":\"destroyed\"}\n".getBytes(StandardCharsets.UTF_8);
        for (int n = 1; n <= 2_000; n++) {
            add(deletion);
        }
        new AnchorFile(path(), NEIGHBOUR.verifierKey()).append(checkpoint(NEIGHBOUR, 77));
        assertThat(Files.size(path())).isGreaterThan(100_000);
        assertThat(last()).isEqualTo(5);
    }

    @Test
    void a_checkpoint_in_our_name_by_another_key_is_no_torn_write() throws IOException {
        file().append(checkpoint(OURS, 5));
        add(line(checkpoint(FORGER, 9)));
        assertThatThrownBy(() -> file().last())
                .isInstanceOf(BrokenLogException.class)
                .hasMessageContaining("the key of this log has not signed");
        assertThatThrownBy(() -> file().append(checkpoint(OURS, 12))).isInstanceOf(BrokenLogException.class);
    }

    @Test
    void a_volume_that_is_gone_is_a_failure_and_not_an_empty_file() {
        AnchorFile gone = new AnchorFile(directory.resolve("volume").resolve("anchor"), OURS.verifierKey());
        assertThatThrownBy(() -> gone.append(checkpoint(OURS, 5))).isInstanceOf(IOException.class);
        assertThat(List.of(directory.resolve("volume")))
                .allSatisfy(path -> assertThat(path).doesNotExist());
    }
}
