package dev.keyledger.evidence.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.evidence.bundle.SampleBundle.Piece;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SampleKeys;
import dev.keyledger.evidence.tree.EntryBundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody may do to a bundle, with all checksums of the file put right again; and every single byte of it. */
class TamperedBundleTest {

    private static final SampleBundle LOG = SampleBundle.ofUses(66_500);

    /** A range in the middle: group 255 is the last below a full tile, 256 and 257 lie behind it, the right edge is elsewhere. */
    private static final long FROM = 255 * 256;

    private static final long TO = 258 * 256;

    private static final String FIRST_GROUP = "tile/entries/255";

    @TempDir
    private Path directory;

    private Verification verification() {
        return new Verification(directory);
    }

    private static List<Piece> pieces() {
        return LOG.pieces(FROM, TO);
    }

    private static Arguments act(String what, long firstBad, String why, Consumer<List<Piece>> act) {
        return Arguments.of(what, firstBad, why, act);
    }

    private static void change(List<Piece> pieces, String name, UnaryOperator<byte[]> how) {
        int at = SampleBundle.indexOf(pieces, name);
        pieces.set(at, pieces.get(at).with(how.apply(pieces.get(at).content().clone())));
    }

    private static Consumer<List<Piece>> records(Consumer<List<byte[]>> how) {
        return pieces -> change(pieces, FIRST_GROUP, entries -> {
            List<byte[]> records = SampleBundle.split(entries);
            how.accept(records);
            return EntryBundle.of(records).bytes();
        });
    }

    private static Consumer<List<Piece>> flip(String name, int at) {
        return pieces -> change(pieces, name, bytes -> {
            bytes[at] ^= 1;
            return bytes;
        });
    }

    private static byte[] replaced(byte[] record, String old, String other) {
        String text = new String(record, StandardCharsets.UTF_8);
        assertThat(text).contains(old);
        return text.replace(old, other).getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Arguments> acts() {
        return Stream.of(
                act(
                        "a record is altered",
                        FROM + 7,
                        "record " + (FROM + 7) + " does not have the hash",
                        records(all -> all.set(7, replaced(all.get(7), "Encrypt", "Decrypt")))),
                act("a record is dropped", FROM + 7, "does not have the hash", records(all -> all.remove(7))),
                act("the last record of a group is dropped", FROM + 255, "is missing", records(all -> all.remove(255))),
                act(
                        "two records change places",
                        FROM + 3,
                        "does not have the hash",
                        records(all -> all.set(3, all.set(9, all.get(3))))),
                act(
                        "a record is back-dated",
                        FROM + 100,
                        "does not have the hash",
                        records(all -> all.set(100, replaced(all.get(100), "2026-11-25", "2026-11-24")))),
                act(
                        "a record stands twice",
                        FROM + 11,
                        "does not have the hash",
                        records(all -> all.set(11, all.get(10)))),
                act("a record is inserted", FROM + 5, "does not have the hash", records(all -> {
                    all.add(5, all.get(200));
                    all.remove(256);
                })),
                act("the length of a record is altered", FROM, "record " + FROM, flip(FIRST_GROUP, 0)),
                act(
                        "a record has something behind it",
                        FROM + 255,
                        "something behind it",
                        pieces -> change(pieces, FIRST_GROUP, bytes -> Arrays.copyOf(bytes, bytes.length + 1))),
                act("a record and its hash are altered", FROM, "tile/0/255 is not the tile", pieces -> {
                    records(all -> all.set(7, LOG.record(FROM + 8))).accept(pieces);
                    change(pieces, "tile/0/255", hashes -> {
                        System.arraycopy(hashes, 8 * 32, hashes, 7 * 32, 32);
                        return hashes;
                    });
                }),
                act("a hash of the lowest tile is altered", FROM + 256 + 40, "tile/0/256", flip("tile/0/256", 40 * 32)),
                act("a hash of a full tile is altered", FROM, "tile/1/000", flip("tile/1/000", 255 * 32)),
                act("a hash elsewhere in a full tile is altered", FROM, "tile/1/000", flip("tile/1/000", 3)),
                act(
                        "a hash of the right edge above the range is altered",
                        FROM + 256,
                        "root that is signed",
                        flip("tile/1/001.p/3", 5)),
                act(
                        "a hash of the right edge beside the range is altered",
                        FROM,
                        "root that is signed",
                        flip("tile/0/259.p/196", 5)),
                act("two groups change places", FROM, "", pieces -> swap(pieces, FIRST_GROUP, "tile/entries/256")),
                act("a group is dropped", FROM + 256, "where tile/0/256 belongs", pieces -> {
                    pieces.remove(SampleBundle.indexOf(pieces, "tile/0/256"));
                    pieces.remove(SampleBundle.indexOf(pieces, "tile/entries/256"));
                }),
                act(
                        "a tile is dropped",
                        FROM,
                        "where tile/1/000 belongs",
                        pieces -> pieces.remove(SampleBundle.indexOf(pieces, "tile/1/000"))),
                act(
                        "a group stands twice",
                        FROM + 256,
                        "where tile/0/256 belongs",
                        pieces -> pieces.add(
                                SampleBundle.indexOf(pieces, "tile/0/256"),
                                pieces.get(SampleBundle.indexOf(pieces, FIRST_GROUP)))),
                act(
                        "something is added at the end",
                        -1,
                        "\"extra\" does not belong",
                        pieces -> pieces.add(new Piece("extra", new byte[0]))),
                act(
                        "something is added under a path of records",
                        -1,
                        "does not belong",
                        pieces -> pieces.add(new Piece("tile/entries/../x", new byte[0]))),
                act(
                        "the bundle has no records",
                        -1,
                        "no records",
                        pieces -> pieces.removeIf(piece -> piece.name().startsWith("tile/entries/"))),
                act(
                        "the checkpoint is of another size",
                        -1,
                        "not one that the log has signed",
                        pieces -> change(pieces, "checkpoint", bytes -> replaced(bytes, "66500", "66501"))),
                act(
                        "the checkpoint is another one of the log",
                        FROM,
                        "not those of a log of 65536",
                        pieces -> change(
                                pieces,
                                "checkpoint",
                                bytes -> LOG.checkpoint(65_536).bytes())),
                act(
                        "the checkpoint is of a fork",
                        FROM,
                        "root that is signed",
                        pieces -> change(
                                pieces,
                                "checkpoint",
                                bytes -> new Checkpoint(
                                                SampleKeys.ORIGIN,
                                                LOG.size(),
                                                LOG.prover().root(65_999))
                                        .signedBy(SampleKeys.signer())
                                        .bytes())),
                act(
                        "somebody else has signed the checkpoint",
                        -1,
                        "not one that the log has signed",
                        pieces -> change(
                                pieces,
                                "checkpoint",
                                bytes -> new Checkpoint(SampleKeys.ORIGIN, LOG.size(), LOG.root())
                                        .signedBy(SampleKeys.otherSigner())
                                        .bytes())),
                act(
                        "the key is another one",
                        -1,
                        "not of the one that was given",
                        pieces -> change(pieces, "vkey", bytes -> BundleForm.keyFile(SampleKeys.OTHER))),
                act("the readme says something else", -1, "README.txt", flip("README.txt", 40)));
    }

    private static void swap(List<Piece> pieces, String one, String other) {
        int first = SampleBundle.indexOf(pieces, one);
        int second = SampleBundle.indexOf(pieces, other);
        byte[] content = pieces.get(first).content();
        pieces.set(first, pieces.get(first).with(pieces.get(second).content()));
        pieces.set(second, pieces.get(second).with(content));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acts")
    void what_was_done_to_a_bundle_is_detected_and_the_first_bad_record_named(
            String what, long firstBad, String why, Consumer<List<Piece>> act) {
        List<Piece> pieces = pieces();
        act.accept(pieces);

        BundleRefusedException refused = verification().refused(SampleBundle.zip(pieces));

        assertThat(refused).hasMessageContaining(why);
        assertThat(refused.logIndex().orElse(-1)).isEqualTo(firstBad);
    }

    @Test
    void the_bundle_that_all_this_was_done_to_is_good() {
        assertThat(SampleBundle.zip(pieces())).isEqualTo(LOG.bundle(FROM, TO));
        assertThat(verification().verified(LOG.bundle(FROM, TO)).records()).isEqualTo(3 * 256);
    }

    /** Contents are looked at more closely below; here it is what lies around them. */
    @Test
    void no_byte_of_the_file_can_be_changed() throws Exception {
        byte[] good = SampleBundle.ofUses(4).bundle(0, 4);
        BitSet content = new BitSet();
        Path file = Files.write(directory.resolve("good.zip"), good);
        try (ZipReader zip = ZipReader.open(file)) {
            zip.entries().forEach(entry -> content.set((int) entry.content(), (int) entry.end()));
        }
        for (int at = 0; at < good.length; at++) {
            if (!content.get(at) || at % 16 == 0) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << (at % 8));
                var unused = verification().refused(bad);
            }
        }
    }

    @Test
    void no_byte_of_the_evidence_can_be_changed_even_if_the_file_is_put_right() {
        SampleBundle log = SampleBundle.ofUses(258);
        List<Piece> good = log.pieces(256, 258);
        for (int piece = 1; piece < good.size(); piece++) {
            byte[] content = good.get(piece).content();
            for (int at = 0; at < content.length; at++) {
                byte[] changed = content.clone();
                changed[at] ^= (byte) (1 << (at % 8));
                List<Piece> bad = new ArrayList<>(good);
                bad.set(piece, bad.get(piece).with(changed));
                long firstBad = verification().firstBad(SampleBundle.zip(bad));
                if (good.get(piece).name().startsWith("tile/entries/")) {
                    assertThat(firstBad)
                            .as("byte %s of the records", at)
                            .isEqualTo(at < 2 + log.record(256).length ? 256 : 257);
                }
            }
        }
    }
}
