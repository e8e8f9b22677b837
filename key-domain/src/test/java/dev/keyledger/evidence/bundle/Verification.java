package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.note.SampleKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Verifies bytes as a file. */
final class Verification {

    private final Path file;

    Verification(Path directory) {
        this.file = directory.resolve("bundle.zip");
    }

    VerifiedBundle verified(byte[] bundle) {
        return verified(bundle, EarlierCheckpoints.NONE);
    }

    VerifiedBundle verified(byte[] bundle, EarlierCheckpoints earlier) {
        try {
            return run(bundle, earlier);
        } catch (BundleRefusedException refused) {
            throw new AssertionError(refused);
        }
    }

    BundleRefusedException refused(byte[] bundle) {
        return refused(bundle, EarlierCheckpoints.NONE);
    }

    BundleRefusedException refused(byte[] bundle, EarlierCheckpoints earlier) {
        try {
            throw new AssertionError("accepted: " + run(bundle, earlier));
        } catch (BundleRefusedException refused) {
            return refused;
        }
    }

    /** Where a bundle is refused, -1 for no record in particular. */
    long firstBad(byte[] bundle) {
        OptionalLong index = refused(bundle).logIndex();
        return index.isPresent() ? index.getAsLong() : -1;
    }

    private VerifiedBundle run(byte[] bundle, EarlierCheckpoints earlier) throws BundleRefusedException {
        try {
            Files.write(file, bundle);
            return new BundleVerifier(SampleKeys.KEY, 2).verify(file, earlier);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
