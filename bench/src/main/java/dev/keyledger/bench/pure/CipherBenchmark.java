package dev.keyledger.bench.pure;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.crypto.MessageCipher;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Encryption and decryption of 32 bytes in the published format, with and without a context. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CipherBenchmark {

    private final MessageCipher cipher = new MessageCipher(new SecureRandom());
    private final KeyId keyId = KeyId.of(UUID.randomUUID());
    private final KeyVersionId versionId = new KeyVersionId(UUID.randomUUID());
    private final SecretBytes material = SecretBytes.takeFrom(new byte[32]);
    private final SecretBytes plaintext = SecretBytes.takeFrom(new byte[32]);
    private final EncryptionContext context =
            new EncryptionContext(Map.of("tenant", "a", "purpose", "backup", "region", "cn-hangzhou"));
    private final byte[] blob = cipher.seal(material, keyId, versionId, plaintext, EncryptionContext.EMPTY)
            .bytes();

    /** Encrypt. */
    @Benchmark
    public CiphertextBlob seal() {
        return cipher.seal(material, keyId, versionId, plaintext, EncryptionContext.EMPTY);
    }

    /** Encrypt with three pairs. */
    @Benchmark
    public CiphertextBlob sealWithContext() {
        return cipher.seal(material, keyId, versionId, plaintext, context);
    }

    /** Parse and decrypt. */
    @Benchmark
    public int open() {
        try (SecretBytes opened = cipher.open(material, CiphertextBlob.parse(blob), EncryptionContext.EMPTY)) {
            return opened.length();
        }
    }

    /** Canonical bytes of a context of three pairs. */
    @Benchmark
    public byte[] canonicalContext() {
        return context.canonical();
    }
}
