package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.evidence.GoldenFile;
import dev.keyledger.evidence.tree.SampleLog;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeProver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our notes, proofs and tiles before the packages of Go's checksum database ({@code golang-golang-x-mod-dev} of Debian). Not run, and said so,
 * where Go or the packages are absent; with {@code KEYLEDGER_REQUIRE_PROGRAMS=true} their absence is a failure. {@code GOPATH} says where the
 * packages are if not where Debian puts them.
 */
@Tag("stranger")
class GoSumDatabaseTest {

    private static final long OLDER = 65_792;
    private static final long SIZE = 70_000;
    private static final long INDEX = 12_345;

    @TempDir
    private static Path built;

    @TempDir
    private Path log;

    private static StrangerProgram verifier;

    @BeforeAll
    static void build() throws Exception {
        verifier = StrangerProgram.go("GoSumDatabaseTest", built, "verify.go");
    }

    private String verify() throws Exception {
        return verifier.run(log.toString());
    }

    /** A log of ours as files. */
    private void write() throws IOException {
        SampleLog sample = SampleLog.of(SIZE);
        TreeProver prover = sample.prover();
        NoteSigner signer = SampleKeys.signer();
        Files.writeString(log.resolve("vkey"), signer.verifierKey().text());
        Files.write(log.resolve("checkpoint"), checkpoint(prover, SIZE).bytes());
        Files.write(log.resolve("older"), checkpoint(prover, OLDER).bytes());
        Files.write(log.resolve("record"), SampleLog.record(INDEX));
        Files.writeString(log.resolve("index"), Long.toString(INDEX));
        Files.write(
                log.resolve("inclusion"), base64(prover.inclusion(INDEX, SIZE).path()));
        Files.write(
                log.resolve("consistency"),
                base64(prover.consistency(OLDER, SIZE).path()));
        for (int level = 0; Tile.fullTiles(level, SIZE) > 0 || Tile.partialWidth(level, SIZE) > 0; level++) {
            for (long i = 0; i < Tile.fullTiles(level, SIZE); i++) {
                writeTile(TilePath.tile(level, i), sample.tile(level, i));
            }
            int width = Tile.partialWidth(level, SIZE);
            if (width > 0) {
                writeTile(new TilePath(level, Tile.fullTiles(level, SIZE), width), prover.partialTile(level, SIZE));
            }
        }
    }

    private static SignedNote checkpoint(TreeProver prover, long size) {
        return new Checkpoint(SampleKeys.ORIGIN, size, prover.root(size)).signedBy(SampleKeys.signer());
    }

    private void writeTile(TilePath path, byte[] hashes) throws IOException {
        Path file = log.resolve(path.text());
        Files.createDirectories(file.getParent());
        Files.write(file, hashes);
    }

    private static List<String> base64(List<TreeHash> path) {
        return path.stream().map(TreeHash::base64).toList();
    }

    @Test
    void checkpoints_proofs_and_tiles_are_verified() throws Exception {
        write();

        assertThat(verify()).isEqualTo("0 verified 70000");
    }

    @Test
    void a_checkpoint_with_a_cosignature_is_verified() throws Exception {
        write();
        Files.write(log.resolve("checkpoint"), GoldenFile.bytes("checkpoint-cosigned.txt"));

        assertThat(verify()).isEqualTo("0 verified 70000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vkey",
                "checkpoint",
                "older",
                "record",
                "index",
                "inclusion",
                "consistency",
                "tile/0/048",
                "tile/0/273.p/112",
                "tile/1/000",
                "tile/2/000.p/1"
            })
    void one_byte_changed_is_refused(String name) throws Exception {
        write();
        Path file = log.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        byte[] changed = Arrays.copyOf(bytes, bytes.length);
        changed[0] ^= 1;
        Files.write(file, changed);

        assertThat(verify()).startsWith("1 REFUSED");
    }
}
