package dev.keyledger.bench.pure;

import dev.keyledger.api.auth.Acs3Signature;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.api.auth.V1Signature;
import dev.keyledger.material.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is signed and how long signing takes, for an Encrypt of 32 bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SigningBenchmark {

    private static final Map<String, List<String>> HEADERS = Map.of(
            "host", List.of("127.0.0.1:8080"),
            "x-acs-action", List.of("Encrypt"),
            "x-acs-version", List.of("2016-01-20"),
            "x-acs-date", List.of("2026-11-25T10:00:00Z"),
            "x-acs-signature-nonce", List.of("0123456789abcdef0123456789abcdef"),
            "x-acs-content-sha256", List.of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));

    private final Map<String, String> parameters = new TreeMap<>(Map.of(
            "Action", "Encrypt",
            "Version", "2016-01-20",
            "Format", "JSON",
            "AccessKeyId", "LTAIbenchbenchbenchbench",
            "SignatureMethod", "HMAC-SHA1",
            "SignatureVersion", "1.0",
            "SignatureNonce", "0123456789abcdef0123456789abcdef",
            "Timestamp", "2026-11-25T10:00:00Z",
            "KeyId", "08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73",
            "Plaintext", "MzIgYnl0ZXMgb2Ygd2hhdCBtdXN0IGJlIGtlcHQuICA="));
    private final SecretBytes secret =
            SecretBytes.takeFrom("a secret of thirty characters.".getBytes(StandardCharsets.US_ASCII));
    private final SignedRequest request = new SignedRequest(
            "POST", "/", parameters, parameters, name -> HEADERS.getOrDefault(name, List.of()), "e3b0c442");
    private final List<String> signedHeaders =
            HEADERS.keySet().stream().sorted().toList();
    private final String toSign = V1Signature.stringToSign("POST", parameters);

    /** Canonical form of version 1. */
    @Benchmark
    public String canonicalV1() {
        return V1Signature.stringToSign("POST", parameters);
    }

    /** HMAC-SHA1 of it. */
    @Benchmark
    public String signV1() {
        return V1Signature.sign(V1Signature.Algorithm.HMAC_SHA1, secret, toSign);
    }

    /** Canonical form of version 3. */
    @Benchmark
    public String canonicalV3() {
        return Acs3Signature.canonicalRequest(request, signedHeaders);
    }

    /** Canonical form of version 3, its hash and HMAC-SHA-256. */
    @Benchmark
    public String signV3() {
        return Acs3Signature.sign(
                secret, Acs3Signature.stringToSign(Acs3Signature.canonicalRequest(request, signedHeaders)));
    }
}
