package dev.keyledger.evidence.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.bundle.SampleBundle.Piece;
import dev.keyledger.evidence.note.SampleKeys;
import dev.keyledger.evidence.note.SigstoreVerifier;
import dev.keyledger.evidence.note.StrangerProgram;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeProver;
import dev.sigstore.rekor.client.RekorVerificationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bundle before programs that are not ours: Go's {@code archive/zip} and checksum database, sigstore-java, and the script of {@code docs}
 * on Node's own library. Each accepts it, and refuses it when something in it is changed. Go and Node are absent on some machines; that is
 * said, and with {@code KEYLEDGER_REQUIRE_PROGRAMS=true} it is a failure.
 */
@Tag("stranger")
class BundleStrangersTest {

    private static final int SIZE = 66_000;
    private static final SampleBundle LOG = SampleBundle.ofUses(SIZE);
    private static final long FROM = 65_300;
    private static final long TO = 65_600;

    @TempDir
    private static Path directory;

    private static Path good;

    @BeforeAll
    static void write() throws IOException {
        good = Files.write(directory.resolve("good.zip"), LOG.bundle(FROM, TO));
    }

    /** The bundle with a byte of a piece changed, and its checksums put right. */
    private static Path bad(String name, int at) throws IOException {
        List<Piece> pieces = LOG.pieces(FROM, TO);
        int piece = SampleBundle.indexOf(pieces, name);
        byte[] content = pieces.get(piece).content().clone();
        content[at] ^= 1;
        pieces.set(piece, pieces.get(piece).with(content));
        return Files.write(directory.resolve("bad.zip"), SampleBundle.zip(pieces));
    }

    private static final List<String> EVIDENCE = List.of(
            "checkpoint",
            "tile/2/000.p/1",
            "tile/1/001.p/1",
            "tile/0/257.p/208",
            "tile/1/000",
            "tile/0/255",
            "tile/entries/256");

    @Test
    void go_verifies_it() throws Exception {
        StrangerProgram go = StrangerProgram.go("BundleStrangersTest", directory, "bundle.go");
        String key = SampleKeys.KEY.text();

        assertThat(go.run(good.toString(), key)).isEqualTo("0 verified 512 of 66000");
        for (String name : EVIDENCE) {
            assertThat(go.run(bad(name, 20).toString(), key)).as(name).startsWith("1 REFUSED");
        }
        assertThat(go.run(good.toString(), SampleKeys.OTHER.text())).startsWith("1 REFUSED");
    }

    @Test
    void the_script_of_the_docs_verifies_it() throws Exception {
        StrangerProgram node = StrangerProgram.script("BundleStrangersTest", Path.of("../docs/verify-bundle.js"));
        String key = SampleKeys.KEY.text();

        assertThat(node.run(good.toString(), key))
                .isEqualTo("0 verified: records 65280 to 65791 of 66000 in log.keyledger.example");
        assertThat(node.run(good.toString())).contains("The key came from the bundle itself");
        for (String name : EVIDENCE) {
            assertThat(node.run(bad(name, 20).toString(), key)).as(name).startsWith("1 REFUSED");
        }
        assertThat(node.run(
                        bad("tile/entries/256", 2 * LOG.record(65_536).length).toString(), key))
                .isEqualTo("1 REFUSED from record 65537 on: its hash is not the one in the tree");
        assertThat(node.run(bad("vkey", 30).toString())).startsWith("1 REFUSED");
        assertThat(node.run(good.toString(), SampleKeys.OTHER.text())).startsWith("1 REFUSED");
        for (String golden : List.of("bundle-1-whole.zip", "bundle-1-range.zip")) {
            Path file = Files.write(directory.resolve(golden), GoldenFile.bytes(golden));
            assertThat(node.run(file.toString(), key)).startsWith("0 verified");
        }
    }

    @Test
    void sigstore_verifies_its_records_by_paths_from_its_tiles() throws Exception {
        try (ZipFile zip = new ZipFile(good.toFile());
                SigstoreVerifier sigstore = new SigstoreVerifier(SampleKeys.KEY)) {
            RightEdge edge = RightEdge.told(
                    SIZE,
                    level -> content(
                            zip, new TilePath(level, Tile.fullTiles(level, SIZE), Tile.partialWidth(level, SIZE))));
            TreeProver prover = new TreeProver(edge, (level, index) -> content(zip, TilePath.tile(level, index)));
            String checkpoint =
                    new String(zip.getInputStream(zip.getEntry("checkpoint")).readAllBytes(), StandardCharsets.UTF_8);
            List<byte[]> records = SampleBundle.split(content(zip, TilePath.entries(256)));
            for (int n : List.of(0, 1, 100, 255)) {
                assertThatCode(() -> sigstore.verify(
                                records.get(n), prover.inclusion(65_536 + n, SIZE), prover.root(SIZE), checkpoint))
                        .doesNotThrowAnyException();
            }
            assertThatThrownBy(() -> sigstore.verify(
                            records.get(1), prover.inclusion(65_536, SIZE), prover.root(SIZE), checkpoint))
                    .isInstanceOf(RekorVerificationException.class);
        }
    }

    private static byte[] content(ZipFile zip, TilePath path) {
        try {
            return zip.getInputStream(zip.getEntry(path.text())).readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
