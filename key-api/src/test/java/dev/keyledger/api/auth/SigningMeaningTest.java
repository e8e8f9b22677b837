package dev.keyledger.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.auth.Acs3Signature.Authorization;
import dev.keyledger.api.auth.V1Signature.Algorithm;
import dev.keyledger.material.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is signed, and whether a signature holds, is the same here and by {@link PlainSigning} for random requests. A failure shows the
 * request; its seed is in the test's name.
 */
class SigningMeaningTest {

    private static final int REQUESTS = 500;
    private static final int HEADERS = 5_000;

    private static final List<String> AUTHORIZATION_MORSELS = List.of(
            "ACS3-HMAC-SHA256 ",
            "ACS3-HMAC-SHA256",
            "ACS3-",
            "Credential=",
            "SignedHeaders=",
            "Signature=",
            "Credential",
            "=",
            ",",
            ";",
            " ",
            "\t",
            "\u00a0",
            "ak",
            "host",
            "X-Acs-Date",
            "host;x-acs-date",
            "0f",
            "credential=",
            ",Credential=ak",
            ",SignedHeaders=host;x-acs-date",
            ",Signature=0f",
            ",Signature=",
            "\u0130",
            "x=y",
            ",,");

    @Test
    void every_single_character_is_encoded_the_same() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x900 ? 1 : 61) {
            String text = Character.toString(point);
            assertThat(PercentEncoding.canonicalQuery(Map.of("", text)))
                    .as("U+%X", point)
                    .isEqualTo("=" + PlainSigning.percentEncoded(text));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void the_same_is_signed_in_version_1_and_the_signature_holds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < REQUESTS; i++) {
            String method = random.nextBoolean() ? "GET" : "POST";
            String secret = "s" + text(random, 40);
            String signatureMethod = random.nextBoolean() ? "HMAC-SHA1" : "HMAC-SHA256";
            Map<String, String> parameters = parameters(random);
            parameters.putAll(Map.of(
                    "AccessKeyId",
                    "ak",
                    "SignatureMethod",
                    signatureMethod,
                    "SignatureVersion",
                    "1.0",
                    "Timestamp",
                    "t"));
            boolean withEmpty = random.nextBoolean();
            String expected = PlainSigning.stringToSignOfV1(method, parameters, withEmpty);

            String actual = withEmpty
                    ? V1Signature.stringToSign(method, parameters)
                    : V1Signature.stringToSignWithoutEmpty(method, parameters);
            assertThat(actual).isEqualTo(expected);
            String signature = PlainSigning.signatureOfV1(signatureMethod, secret, expected);
            assertThat(V1Signature.sign(Algorithm.named(signatureMethod).orElseThrow(), secret(secret), expected))
                    .isEqualTo(signature);

            parameters.put("Signature", signature);
            Claim claim = V1Signature.claim(request(method, parameters, Map.of(), ""));
            assertThat(claim.proof().orElseThrow().holds(secret(secret)))
                    .as(expected)
                    .isTrue();
            assertThat(claim.proof().orElseThrow().stringToSign())
                    .isEqualTo(PlainSigning.stringToSignOfV1(method, parameters, true));

            assertThat(claim.proof().orElseThrow().holds(secret(secret + "x")))
                    .as(expected)
                    .isFalse();
            String name = anyOf(random, new TreeSet<>(parameters.keySet()));
            if (!Set.of("SignatureMethod", "SignatureVersion", "AccessKeyId", "Timestamp")
                    .contains(name)) {
                parameters.merge(name, "x", String::concat);
                assertThat(V1Signature.claim(request(method, parameters, Map.of(), ""))
                                .proof()
                                .orElseThrow()
                                .holds(secret(secret)))
                        .as(expected + " with another " + name)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 4})
    void the_same_is_signed_in_version_3_and_the_signature_holds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < REQUESTS; i++) {
            String method = random.nextBoolean() ? "GET" : "POST";
            String secret = "s" + text(random, 40);
            Map<String, String> query = parameters(random);
            String payloadHash = PlainSigning.sha256(text(random, 30).getBytes(StandardCharsets.UTF_8));
            Map<String, String> headers = new HashMap<>(Map.of(
                    "host",
                    "localhost",
                    "x-acs-action",
                    text(random, 5),
                    "x-acs-date",
                    " " + text(random, 5) + "\t",
                    "x-acs-content-sha256",
                    payloadHash));
            TreeSet<String> signed = new TreeSet<>(headers.keySet());
            if (random.nextBoolean()) {
                signed.remove("host");
            }
            List<String> signedHeaders = List.copyOf(signed);
            String expected = PlainSigning.canonicalRequest(method, "/", query, headers, signedHeaders, payloadHash);

            SignedRequest request = request(method, query, headers, payloadHash);
            assertThat(Acs3Signature.canonicalRequest(request, signedHeaders)).isEqualTo(expected);
            String stringToSign = PlainSigning.stringToSignOfV3(expected);
            assertThat(Acs3Signature.stringToSign(expected)).isEqualTo(stringToSign);
            String signature = PlainSigning.signatureOfV3(secret, stringToSign);
            assertThat(Acs3Signature.sign(secret(secret), stringToSign)).isEqualTo(signature);
            String authorization = "ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=" + String.join(";", signedHeaders)
                    + ",Signature=" + signature;
            assertThat(Acs3Signature.authorization(secret(secret), "ak", request, signed))
                    .isEqualTo(authorization);

            headers.put("authorization", authorization);
            Claim.Proof proof = proof(method, query, headers, payloadHash);
            assertThat(proof.holds(secret(secret))).as(expected).isTrue();
            assertThat(proof.holds(secret("x" + secret))).as(expected).isFalse();
            assertThat(proof.stringToSign()).isEqualTo(stringToSign);
            String other = PlainSigning.sha256(payloadHash.getBytes(StandardCharsets.UTF_8));
            assertThat(proof(method, query, headers, other).holds(secret(secret)))
                    .as(expected)
                    .isFalse();
            headers.merge(anyOf(random, signed), "x", (before, more) -> more + before);
            assertThat(proof(method, query, headers, payloadHash).holds(secret(secret)))
                    .as(expected)
                    .isFalse();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6})
    void authorization_headers_are_read_the_same(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < HEADERS; i++) {
            StringBuilder header = new StringBuilder(random.nextInt(8) == 0 ? "" : "ACS3-HMAC-SHA256 ");
            if (random.nextBoolean()) {
                header.append("Credential=ak,SignedHeaders=host,Signature=0f");
            }
            String more = IntStream.range(0, random.nextInt(8))
                    .mapToObj(n -> AUTHORIZATION_MORSELS.get(random.nextInt(AUTHORIZATION_MORSELS.size())))
                    .collect(Collectors.joining());
            String whole = header.insert(random.nextBoolean() ? header.length() : header.indexOf(" ") + 1, more)
                    .toString();
            assertThat(Authorization.parse(whole)).as(whole).isEqualTo(PlainSigning.authorization(whole));
        }
    }

    private static Claim.Proof proof(
            String method, Map<String, String> query, Map<String, String> headers, String payloadHash) {
        return Acs3Signature.claim(request(method, query, headers, payloadHash), Set.of("x-acs-date"))
                .proof()
                .orElseThrow();
    }

    private static SignedRequest request(
            String method, Map<String, String> parameters, Map<String, String> headers, String payloadHash) {
        return new SignedRequest(
                method,
                "/",
                parameters,
                parameters,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                payloadHash);
    }

    private static Map<String, String> parameters(SplittableRandom random) {
        Map<String, String> parameters = new HashMap<>();
        for (int n = random.nextInt(8); n > 0; n--) {
            String name = text(random, 4);
            parameters.put(name.isEmpty() ? "Action" : name, random.nextInt(4) == 0 ? "" : text(random, 12));
        }
        if (random.nextInt(8) == 0) {
            parameters.put("Signature", "to be left out");
        }
        return parameters;
    }

    private static String text(SplittableRandom random, int maxLength) {
        int[] points = random.ints(random.nextInt(maxLength + 1), 0, 7)
                .map(kind -> switch (kind) {
                    case 0 -> random.nextInt(0x20);
                    case 1 -> random.nextInt(0x80, 0x800);
                    // Halves of surrogate pairs too: neither side may fail on them, and both make the same of them.
                    case 2 -> random.nextInt(0xD700, 0x10000);
                    case 3 -> random.nextInt(0x10000, 0x110000);
                    default -> random.nextInt(0x20, 0x7f);
                })
                .toArray();
        return new String(points, 0, points.length);
    }

    private static String anyOf(SplittableRandom random, Set<String> names) {
        return List.copyOf(names).get(random.nextInt(names.size()));
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }
}
