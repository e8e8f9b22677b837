package dev.keyledger.evidence.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.AnchoredCheckpoint;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.bundle.SampleBundle.Piece;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SampleKeys;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleVerifierTest {

    private static final SampleBundle LARGE = SampleBundle.ofUses(70_000);

    @TempDir
    private Path directory;

    private Verification verification() {
        return new Verification(directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 257, 511, 512, 513})
    void a_whole_log_is_verified(int size) {
        SampleBundle log = SampleBundle.ofUses(size);

        VerifiedBundle verified = verification().verified(log.bundle(0, size));

        assertThat(verified.from()).isZero();
        assertThat(verified.to()).isEqualTo(size);
        assertThat(verified.checkpoint()).isEqualTo(new Checkpoint(SampleKeys.ORIGIN, size, log.root()));
        assertThat(verified.keyFromBundle()).isFalse();
        assertThat(verified.earliest()).isEqualTo(Instant.parse("2026-11-25T08:09:10.120Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 256",
        "0, 256, 0, 256",
        "255, 257, 0, 512",
        "65535, 65536, 65280, 65536",
        "65535, 65537, 65280, 65792",
        "65536, 65537, 65536, 65792",
        "69887, 69889, 69632, 70000",
        "69999, 70000, 69888, 70000",
    })
    void a_range_is_widened_to_whole_groups_and_proved_to_be_in_the_log(long from, long to, long first, long end) {
        VerifiedBundle verified = verification().verified(LARGE.bundle(from, to));

        assertThat(List.of(verified.from(), verified.to())).containsExactly(first, end);
        assertThat(verified.checkpoint().size()).isEqualTo(70_000);
    }

    @Test
    void a_range_that_the_log_does_not_have_is_none() {
        assertThatThrownBy(() -> BundleRange.around(10, 10, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BundleRange.around(10, 5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BundleRange(600, 0, 300)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"bundle-1-whole.zip, 0, 3, 3", "bundle-1-range.zip, 256, 259, 259"})
    void published_bundles_are_opened_for_ever(String name, long from, long to, long size) {
        byte[] golden = GoldenFile.bytes(name);

        VerifiedBundle verified = verification().verified(golden);

        assertThat(List.of(verified.from(), verified.to(), verified.checkpoint().size()))
                .containsExactly(from, to, size);
        assertThat(SampleBundle.ofUses((int) size).bundle(from, to))
                .as("the same log gives the same file, to the byte")
                .isEqualTo(golden);
    }

    @Test
    void it_is_a_zip_file_for_everybody() throws IOException {
        Path file = Files.write(directory.resolve("any.zip"), LARGE.bundle(65_000, 66_000));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName).toList())
                    .startsWith(
                            "README.txt",
                            "vkey",
                            "checkpoint",
                            "tile/2/000.p/1",
                            "tile/1/001.p/17",
                            "tile/0/273.p/112",
                            "tile/1/000")
                    .endsWith("tile/0/257", "tile/entries/257");
            assertThat(zip.getInputStream(zip.getEntry("tile/entries/257")).readAllBytes())
                    .isEqualTo(LARGE.read(TilePath.entries(257)));
        }
    }

    @Test
    void more_entries_than_the_plain_form_can_count_are_read_by_us_and_by_everybody() throws Exception {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < 66_000; i++) {
            pieces.add(new Piece("entry/" + i, new byte[] {(byte) i}));
        }
        Path file = Files.write(directory.resolve("large.zip"), SampleBundle.zip(pieces));

        try (ZipFile zip = new ZipFile(file.toFile());
                ZipReader ours = ZipReader.open(file)) {
            assertThat(zip.size()).isEqualTo(66_000);
            assertThat(ours.entries()).hasSize(66_000);
            assertThat(zip.getInputStream(zip.getEntry("entry/65999")).readAllBytes())
                    .containsExactly(65_999);
            assertThat(ours.read(ours.entries().get(65_999)).content()).containsExactly((byte) 65_999);
        }
    }

    @Test
    void a_place_beyond_four_gigabytes_has_its_line_in_the_large_form() {
        ZipForm.Entry entry = new ZipForm.Entry("tile/0/000", 8192, 1, 0x1_2345_6789L);

        byte[] line = ZipForm.directoryLine(entry);

        assertThat(line).hasSize(46 + 10 + 12);
        assertThat(Arrays.copyOfRange(line, 42, 46)).containsOnly(0xFF);
        assertThat(Arrays.copyOfRange(line, 56, 68)).containsExactly(1, 0, 8, 0, 0x89, 0x67, 0x45, 0x23, 1, 0, 0, 0);
    }

    @Test
    void what_other_programs_would_pass_over_in_a_zip_file_is_refused() throws IOException {
        byte[] good = SampleBundle.ofUses(3).bundle(0, 3);
        ByteArrayOutputStream behind = new ByteArrayOutputStream();
        behind.writeBytes(good);
        behind.write(0);
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        before.write(0);
        before.writeBytes(good);
        byte[] comment = Arrays.copyOf(good, good.length + 1);
        comment[good.length - 2] = 1;
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            for (Piece piece : SampleBundle.ofUses(3).pieces(0, 3)) {
                zip.putNextEntry(new ZipEntry(piece.name()));
                zip.write(piece.content());
            }
        }
        for (byte[] other : List.of(
                behind.toByteArray(),
                before.toByteArray(),
                comment,
                packed.toByteArray(),
                new byte[0],
                Arrays.copyOf(good, good.length - 1),
                Arrays.copyOf(good, 2000))) {
            assertThat(verification().refused(other)).hasMessageContaining("not a ZIP file in the form of a bundle");
        }
    }

    @Test
    void without_a_key_from_elsewhere_the_verdict_says_that_the_bundle_vouches_for_itself() throws Exception {
        Path file =
                Files.write(directory.resolve("any.zip"), SampleBundle.ofUses(3).bundle(0, 3));

        VerifiedBundle verified = new BundleVerifier(null, 2).verify(file, EarlierCheckpoints.NONE);

        assertThat(verified.keyFromBundle()).isTrue();
        assertThat(verified.key()).isEqualTo(SampleKeys.KEY);
        assertThatThrownBy(() -> new BundleVerifier(SampleKeys.OTHER, 2).verify(file, EarlierCheckpoints.NONE))
                .isInstanceOf(BundleRefusedException.class)
                .hasMessageContaining("not of the one that was given");
    }

    @Test
    void the_log_is_proved_to_go_on_from_checkpoints_that_were_kept() {
        VerifiedBundle whole = verification()
                .verified(
                        LARGE.bundle(0, 70_000),
                        EarlierCheckpoints.of(LARGE.checkpoint(1))
                                .and(EarlierCheckpoints.of(LARGE.checkpoint(65_537)))
                                .and(EarlierCheckpoints.of(LARGE.checkpoint(69_999)))
                                .and(EarlierCheckpoints.of(LARGE.checkpoint(70_000))));
        VerifiedBundle range = verification()
                .verified(
                        LARGE.bundle(65_280, 65_792),
                        EarlierCheckpoints.of(LARGE.checkpoint(65_280))
                                .and(EarlierCheckpoints.of(LARGE.checkpoint(65_500)))
                                .and(EarlierCheckpoints.of(LARGE.checkpoint(65_792)))
                                .and(EarlierCheckpoints.of(LARGE.checkpoint(1_000))));

        assertThat(List.of(whole.earlier(), whole.unproved())).containsExactly(4L, 0L);
        assertThat(List.of(range.earlier(), range.unproved())).containsExactly(3L, 1L);
    }

    @Test
    void a_log_that_was_another_one_when_a_checkpoint_was_kept_is_refused() {
        SignedNote fork =
                new Checkpoint(SampleKeys.ORIGIN, 600, LARGE.prover().root(601)).signedBy(SampleKeys.signer());
        SampleBundle log = SampleBundle.ofUses(700);

        BundleRefusedException refused = verification()
                .refused(
                        log.bundle(0, 700),
                        EarlierCheckpoints.of(log.checkpoint(500)).and(EarlierCheckpoints.of(fork)));

        assertThat(refused).hasMessageContaining("does not go on from the checkpoint of 600 records");
        assertThat(refused.logIndex()).hasValue(500);
    }

    @Test
    void an_anchor_file_is_read_past_what_is_torn_and_what_is_of_others() throws IOException {
        SampleBundle log = SampleBundle.ofUses(300);
        SignedNote foreign =
                new Checkpoint(SampleKeys.OTHER.name(), 5, LARGE.prover().root(5)).signedBy(SampleKeys.otherSigner());
        Path anchor = Files.write(
                directory.resolve("anchor"),
                List.of(
                        line(log.checkpoint(10)),
                        line(log.checkpoint(20)).substring(0, 50),
                        GoldenFile.text("deletion-ledger-1-deleted.json").stripTrailing(),
                        line(foreign),
                        line(log.checkpoint(290))));
        Files.writeString(anchor, line(log.checkpoint(295)).substring(0, 40), java.nio.file.StandardOpenOption.APPEND);

        assertThat(verification()
                        .verified(log.bundle(0, 300), EarlierCheckpoints.ofAnchorFile(anchor))
                        .earlier())
                .isEqualTo(2);

        SignedNote unsigned =
                new SignedNote(log.checkpoint(50).text(), log.checkpoint(60).signatures());
        Files.writeString(anchor, "\n" + line(unsigned) + "\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(verification().refused(log.bundle(0, 300), EarlierCheckpoints.ofAnchorFile(anchor)))
                .hasMessageContaining("not one that this key has signed");
    }

    private static String line(SignedNote note) {
        return new String(new AnchoredCheckpoint(note).canonical(), StandardCharsets.UTF_8);
    }

    @Test
    void uses_that_a_change_has_overtaken_are_counted_and_not_refused() {
        SampleBundle log = SampleBundle.of(List.of(
                SampleBundle.change(0, "CreateKey", 0),
                SampleBundle.use(1, 0),
                SampleBundle.change(2, "DisableKey", 1),
                SampleBundle.use(3, 0),
                SampleBundle.use(4, 1)));

        assertThat(verification().verified(log.bundle(0, 5)).overtaken()).isEqualTo(1);
    }

    @Test
    void changes_of_a_key_that_are_signed_in_another_order_than_their_versions_are_refused() {
        SampleBundle twice = SampleBundle.of(List.of(
                SampleBundle.change(0, "CreateKey", 0),
                SampleBundle.change(1, "DisableKey", 1),
                SampleBundle.change(2, "CreateAlias", 1),
                SampleBundle.change(3, "EnableKey", 1)));

        BundleRefusedException refused = verification().refused(twice.bundle(0, 4));

        assertThat(refused).hasMessageContaining("to version 1, which record 1 had led to version 1 before");
        assertThat(refused.logIndex()).hasValue(3);
    }

    @Test
    void records_that_are_signed_and_yet_wrong_are_refused() {
        AuditRecordForm good = SampleBundle.use(0, 0);
        byte[] spaced = new String(good.canonical(), StandardCharsets.UTF_8)
                .replace(",\"format\"", ", \"format\"")
                .getBytes(StandardCharsets.UTF_8);
        byte[] badDigest = new String(SampleBundle.change(1, "EnableKey", 1).canonical(), StandardCharsets.UTF_8)
                .replace("9f86d081", "9F86d081")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(verification()
                        .firstBad(SampleBundle.of(List.of(good, SampleBundle.use(1, 0), SampleBundle.use(1, 0)))
                                .bundle(0, 3)))
                .isEqualTo(2);
        assertThat(verification().refused(SampleBundle.ofBytes(List.of(spaced)).bundle(0, 1)))
                .hasMessageContaining("record 0 is no audit record");
        assertThat(verification()
                        .refused(SampleBundle.ofBytes(List.of(good.canonical(), badDigest))
                                .bundle(0, 2)))
                .hasMessageContaining("event digest");
    }

    @Test
    void a_source_that_gives_something_else_is_no_source() {
        assertThatThrownBy(() -> BundleForm.write(
                        SampleKeys.KEY,
                        LARGE.checkpoint(70_000),
                        BundleRange.around(70_000, 0, 256),
                        path -> new byte[5],
                        new ByteArrayOutputStream(),
                        written -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tile/2/000.p/1");
    }
}
