package dev.keyledger.bench;

import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.bundle.BundleForm;
import dev.keyledger.evidence.bundle.BundleRange;
import dev.keyledger.evidence.bundle.BundleRefusedException;
import dev.keyledger.evidence.bundle.BundleVerifier;
import dev.keyledger.evidence.bundle.EarlierCheckpoints;
import dev.keyledger.evidence.bundle.VerifiedBundle;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.Ed25519;
import dev.keyledger.evidence.note.NoteSigner;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.EntryBundle;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeBuilder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Verification of a bundle, as an auditor runs it: a log of uses is made in a temporary file, and verified again and again. */
@Command(name = "verify-bundle", description = "Offline verification of an audit bundle: records a second.")
final class VerifyBundleCommand implements Callable<Integer> {

    private static final String KEY_ID = "5e7f1c9a-0b1d-4c7e-9f43-2a8d6b1c0e55";
    private static final String DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @Option(names = "--records", description = "how many (default: ${DEFAULT-VALUE})")
    int records = 1_000_000;

    @Option(names = "--repetitions", description = "how often it is verified (default: ${DEFAULT-VALUE})")
    int repetitions = 3;

    @Option(names = "--threads", description = "that read and hash (default: ${DEFAULT-VALUE})")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--keep", description = "where the bundle is made and left (default: a temporary file)")
    @Nullable
    Path kept;

    @Override
    public Integer call() throws IOException, GeneralSecurityException, BundleRefusedException {
        Path file = kept == null ? Files.createTempFile("bench-", ".zip") : kept;
        try {
            VerifierKey key = write(file);
            for (int i = 0; i < repetitions; i++) {
                long began = System.nanoTime();
                VerifiedBundle verified = new BundleVerifier(key, threads).verify(file, EarlierCheckpoints.NONE);
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf(
                        Locale.ROOT,
                        "%d records of %d bytes each in %.2f s with %d threads: %.0f records/s, heap in use %d MB%n",
                        verified.records(),
                        Files.size(file) / records,
                        seconds,
                        threads,
                        verified.records() / seconds,
                        (Runtime.getRuntime().totalMemory()
                                        - Runtime.getRuntime().freeMemory())
                                >> 20);
            }
        } finally {
            if (kept == null) {
                Files.delete(file);
            }
        }
        return 0;
    }

    private VerifierKey write(Path file) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        VerifierKey key = VerifierKey.of("log.example", Ed25519.encoded(pair.getPublic()));
        Map<TilePath, byte[]> tiles = new HashMap<>();
        TreeBuilder tree = new TreeBuilder((level, index, hashes) -> tiles.put(TilePath.tile(level, index), hashes));
        for (long n = 0; n < records; n++) {
            tree.addRecord(record(n));
        }
        RightEdge edge = tree.edge();
        SignedNote head =
                new Checkpoint(key.name(), records, edge.root()).signedBy(new NoteSigner(key, pair.getPrivate()));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            BundleForm.write(
                    key,
                    head,
                    new BundleRange(records, 0, records),
                    path -> path.isEntries()
                            ? entries(path)
                            : path.isFull()
                                    ? Objects.requireNonNull(tiles.get(path), path.text())
                                    : edge.partialTile(path.level()),
                    out,
                    written -> {});
        }
        return key;
    }

    private static byte[] entries(TilePath path) {
        List<byte[]> entries = new ArrayList<>();
        for (int n = 0; n < path.width(); n++) {
            entries.add(record(path.index() * Tile.WIDTH + n));
        }
        return EntryBundle.of(entries).bytes();
    }

    /** A use with what a use usually has. */
    private static byte[] record(long n) {
        return new AuditRecordForm(
                        n + 1,
                        Instant.ofEpochMilli(1_800_000_000_000L + n),
                        "host-1/4711",
                        new UUID(0x4000, 0x8000_0000_0000_0000L | n).toString(),
                        "bootstrap",
                        "LTAI5tExampleExampleExample",
                        "V1-HMAC-SHA1",
                        true,
                        "10.20.30.40",
                        "AlibabaCloud (Linux; amd64) Java/17.0.12 Core/4.6.4 HTTPClient/ApacheHttpClient",
                        "Decrypt",
                        List.of(KEY_ID),
                        List.of(3L),
                        KEY_ID,
                        "alias/orders",
                        "Success",
                        null,
                        null,
                        null,
                        Map.of("purpose", "orders", "tenant", "t-" + n % 1000),
                        Map.of(),
                        DIGEST,
                        188,
                        32,
                        List.of(),
                        List.of(),
                        null,
                        null,
                        null)
                .canonical();
    }
}
