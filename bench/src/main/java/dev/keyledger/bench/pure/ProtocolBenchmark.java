package dev.keyledger.bench.pure;

import dev.keyledger.api.protocol.ProtocolParts;
import dev.keyledger.evidence.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Taking a request apart and writing an answer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProtocolBenchmark {

    private static final String REQUEST_ID = "08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73";

    /** As the response of Encrypt. */
    public record Encrypted(String keyId, String keyVersionId, String ciphertextBlob) {}

    /** As the response of DescribeKey. */
    public record Described(Metadata keyMetadata) {

        /** A key. */
        public record Metadata(
                String keyId,
                String arn,
                String keyState,
                String keySpec,
                String keyUsage,
                String origin,
                String protectionLevel,
                String description,
                String creator,
                Instant creationDate,
                String primaryKeyVersion,
                String deletionProtection) {}
    }

    private final ProtocolParts parts = new ProtocolParts();
    private final byte[] form = ("Action=Encrypt&Version=2016-01-20&Format=JSON&AccessKeyId=LTAIbenchbenchbenchbench"
                    + "&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=0123456789abcdef0123456789abcdef"
                    + "&Timestamp=2026-11-25T10%3A00%3A00Z&KeyId=08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73"
                    + "&Plaintext=MzIgYnl0ZXMgb2Ygd2hhdCBtdXN0IGJlIGtlcHQuICA%3D&Signature=0123456789abcdefghijklmnopq%3D")
            .getBytes(StandardCharsets.US_ASCII);
    private final Encrypted encrypted = new Encrypted(REQUEST_ID, REQUEST_ID, "A".repeat(220));
    private final Described described = new Described(new Described.Metadata(
            REQUEST_ID,
            "acs:kms:cn-hangzhou:1234567890123456:key/" + REQUEST_ID,
            "Enabled",
            "Aliyun_AES_256",
            "ENCRYPT/DECRYPT",
            "Aliyun_KMS",
            "SOFTWARE",
            "",
            "1234567890123456",
            Instant.parse("2026-11-25T10:00:00Z"),
            REQUEST_ID,
            "Disabled"));
    private final Map<String, String> context = Map.of("tenant", "a", "purpose", "backup", "region", "cn-hangzhou");

    /** Parameters of a form body. */
    @Benchmark
    public Map<String, String> decodeForm() {
        return parts.form(form);
    }

    /** Encrypt's answer in JSON. */
    @Benchmark
    public byte[] encryptedJson() {
        return parts.json(encrypted, REQUEST_ID);
    }

    /** DescribeKey's answer in JSON. */
    @Benchmark
    public byte[] describedJson() {
        return parts.json(described, REQUEST_ID);
    }

    /** DescribeKey's answer in XML. */
    @Benchmark
    public byte[] describedXml() {
        return parts.xml(described, REQUEST_ID);
    }

    /** A context as the audit record has it. */
    @Benchmark
    public String canonicalJson() {
        return CanonicalJson.text(context);
    }
}
