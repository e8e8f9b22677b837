package dev.keyledger.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.InRange;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithSize;
import dev.keyledger.api.auth.Acs3Signature.Authorization;
import dev.keyledger.material.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any request through both signatures: made by {@link PlainSigning}, checked here, and not holding once anything covered is changed. */
class SignatureFuzzTest {

    private static final String SECRET = "secret";
    private static final SecretBytes OUR_SECRET = SecretBytes.copyOf(SECRET.getBytes(StandardCharsets.UTF_8));
    private static final Authenticator PROTOCOL = new Authenticator(
            (accessKeyId, nonce) -> {
                throw new AssertionError("a claim is read without a look-up");
            },
            new RequestTimes() {
                @Override
                public Instant machineNow() {
                    return Instant.EPOCH;
                }

                @Override
                public Instant storeNow() {
                    return Instant.EPOCH;
                }
            },
            false,
            new SecureRandom());
    private static final RestAuthentication REST = new RestAuthentication(PROTOCOL, new ClientAddress(List.of()));

    static Stream<Arguments> parameters() {
        return Stream.of(
                Arguments.of(Map.of("Action", "CreateKey", "Description", "a b*~\u00e9"), 0),
                Arguments.of(Map.of("Empty", "", "Signature", "x", "\ud83d\udd11", "&="), 1));
    }

    @MethodSource("parameters")
    @FuzzTest
    void version_1_holds_for_what_was_signed_and_for_nothing_else(
            @NotNull @WithSize(max = 12) Map<@NotNull String, @NotNull String> parameters,
            @InRange(min = 0, max = 100) int changed) {
        Map<String, String> sent = new HashMap<>(parameters);
        sent.putAll(Map.of("AccessKeyId", "ak", "SignatureMethod", "HMAC-SHA1", "SignatureVersion", "1.0"));
        sent.remove("SignatureType");
        for (boolean withEmpty : new boolean[] {true, false}) {
            sent.put("Signature", "");
            String stringToSign = PlainSigning.stringToSignOfV1("POST", sent, withEmpty);
            sent.put("Signature", PlainSigning.signatureOfV1("HMAC-SHA1", SECRET, stringToSign));

            assertThat(holdsInVersion1("POST", sent)).isTrue();
            assertThat(holdsInVersion1("GET", sent)).isFalse();
            Map<String, String> other = new HashMap<>(sent);
            List<String> names = new ArrayList<>(parameters.keySet());
            names.removeAll(Set.of("AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureType", "Signature"));
            other.merge(names.isEmpty() ? "another" : names.get(changed % names.size()), "x", String::concat);
            assertThat(holdsInVersion1("POST", other)).isFalse();
        }
    }

    private static boolean holdsInVersion1(String method, Map<String, String> parameters) {
        return V1Signature.claim(request(method, "/", parameters, Map.of(), ""))
                .proof()
                .orElseThrow()
                .holds(OUR_SECRET);
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("/", Map.of("Action", "CreateKey"), Map.of("x-acs-action", "CreateKey"), "body"),
                Arguments.of("/v1/keys/a%20b", Map.of(), Map.of("host", " localhost ", "", ""), ""));
    }

    @MethodSource("requests")
    @FuzzTest
    void version_3_holds_for_what_was_signed_and_for_nothing_else(
            @NotNull String path,
            @NotNull @WithSize(max = 12) Map<@NotNull String, @NotNull String> query,
            @NotNull @WithSize(max = 6) Map<@NotNull String, @NotNull String> headers,
            @NotNull String body) {
        Map<String, String> sent = new HashMap<>();
        headers.forEach((name, value) -> sent.put(name.replaceAll("[^a-z-]", ""), value));
        sent.remove("");
        sent.remove("authorization");
        String payloadHash = PlainSigning.sha256(body.getBytes(StandardCharsets.UTF_8));
        sent.putAll(Map.of("x-acs-date", "2026-11-25T08:09:10Z", "x-acs-content-sha256", payloadHash));
        List<String> signed = sent.keySet().stream().sorted().toList();
        String canonical = PlainSigning.canonicalRequest("GET", path, query, sent, signed, payloadHash);
        String signature = PlainSigning.signatureOfV3(SECRET, PlainSigning.stringToSignOfV3(canonical));
        sent.put(
                "authorization",
                "ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=" + String.join(";", signed) + ",Signature=" + signature);

        assertThat(holdsInVersion3(request("GET", path, query, sent, payloadHash)))
                .isTrue();
        assertThat(holdsInVersion3(request("POST", path, query, sent, payloadHash)))
                .isFalse();
        assertThat(holdsInVersion3(request("GET", path + "x", query, sent, payloadHash)))
                .isFalse();
        Map<String, String> otherQuery = new HashMap<>(query);
        otherQuery.merge("x", "x", String::concat);
        assertThat(holdsInVersion3(request("GET", path, otherQuery, sent, payloadHash)))
                .isFalse();
        for (String name : signed) {
            Map<String, String> otherHeaders = new HashMap<>(sent);
            otherHeaders.merge(name, "x", String::concat);
            assertThat(holdsInVersion3(request("GET", path, query, otherHeaders, payloadHash)))
                    .as(name)
                    .isFalse();
        }
    }

    private static boolean holdsInVersion3(SignedRequest request) {
        return Acs3Signature.claim(request, Set.of("x-acs-date"))
                .proof()
                .orElseThrow()
                .holds(OUR_SECRET);
    }

    static Stream<byte[]> headers() {
        return Stream.of(
                        "ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host;x-acs-date,Signature=0f",
                        "ACS3-HMAC-SHA256 Signature = 0f , SignedHeaders=Host;;, Credential=a=b",
                        "ACS3-HMAC-SHA256 Credential=,,",
                        "ACS3-HMAC-SM3 Credential=ak",
                        "ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=;,Signature=0f",
                        "Basic YWs6c2VjcmV0",
                        "basic ",
                        "Basic Og==",
                        "Basic ////")
                .map(header -> header.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("headers")
    @FuzzTest
    void an_authorization_header_is_read_as_the_rules_say(byte[] bytes) {
        String header = new String(bytes, StandardCharsets.ISO_8859_1);
        Optional<Authorization> read = Authorization.parse(header);
        assertThat(read).isEqualTo(PlainSigning.authorization(header));

        // A claim is read without a refusal, whatever it says; what it says is recorded.
        SignedRequest request = request("GET", "/", Map.of(), Map.of("authorization", header), "");
        Claim ofProtocol = PROTOCOL.claimOf(request);
        Claim ofRest = REST.claimOf(request, new RestAuthentication.Transport("127.0.0.1", true));
        for (Claim claim : List.of(ofProtocol, ofRest)) {
            assertThat(claim.flaw().isPresent()).isNotEqualTo(claim.proof().isPresent());
            claim.proof().ifPresent(proof -> assertThat(proof.holds(OUR_SECRET)).isEqualTo(basic(header)));
        }
        read.ifPresent(each -> assertThat(ofRest.accessKeyId()).isEqualTo(each.credential()));
    }

    /** Whether the header is basic authentication (RFC 7617) with our secret and any access key. */
    private static boolean basic(String header) {
        if (!header.regionMatches(true, 0, "basic ", 0, 6)) {
            return false;
        }
        String pair = new String(Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.ISO_8859_1);
        return pair.substring(pair.indexOf(':') + 1).equals(SECRET);
    }

    private static SignedRequest request(
            String method,
            String path,
            Map<String, String> parameters,
            Map<String, String> headers,
            String payloadHash) {
        return new SignedRequest(
                method,
                path,
                parameters,
                parameters,
                name -> Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT))).stream()
                        .toList(),
                payloadHash);
    }
}
