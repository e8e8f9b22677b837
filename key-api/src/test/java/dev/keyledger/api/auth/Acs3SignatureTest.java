package dev.keyledger.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.auth.Acs3Signature.Authorization;
import dev.keyledger.material.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Vectors computed with the vendor's own signers. */
class Acs3SignatureTest {

    private static final SecretBytes SECRET =
            SecretBytes.copyOf("testAccessKeySecret".getBytes(StandardCharsets.UTF_8));
    private static final String EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void a_request_with_everything_in_the_query_holds() {
        SignedRequest request = createKey(Map.of());
        List<String> signed = List.of(
                "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version");

        String canonical = Acs3Signature.canonicalRequest(request, signed);

        assertThat(canonical).isEqualTo("""
                POST
                /
                Description=a%20b%2Ac~d%2Be%2Ff%3Dg%26h%C3%A9%E5%AF%86&Origin=EXTERNAL
                host:127.0.0.1:8080
                x-acs-action:CreateKey
                x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                x-acs-date:2018-03-30T08:15:30Z
                x-acs-signature-nonce:0b1f8f1e5f6d4b0d9a7c3e2f1a0b9c8d
                x-acs-version:2016-01-20

                host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""");
        String stringToSign = Acs3Signature.stringToSign(canonical);
        assertThat(stringToSign)
                .isEqualTo("ACS3-HMAC-SHA256\n086412026f5f94af3e9239fc7f4d77bd34475f1057e8db0fd99e18c64423250d");
        assertThat(Acs3Signature.sign(SECRET, stringToSign))
                .isEqualTo("965de0b0e37acb4388f536ca5a9fb18452494b307f9e683734a37fd14069d63d");
    }

    @Test
    void an_empty_parameter_keeps_its_equals_sign() {
        SignedRequest request = createKey(Map.of("KeyUsage", ""));

        String stringToSign =
                Acs3Signature.stringToSign(Acs3Signature.canonicalRequest(request, names(request.headers())));

        assertThat(stringToSign)
                .isEqualTo("ACS3-HMAC-SHA256\nf053193956575559a3289dc808dc9ce1d8f322f09807135e119a920cbf2030d6");
        assertThat(Acs3Signature.sign(SECRET, stringToSign))
                .isEqualTo("7d31e006e477ce8fc7fdec873cb60b0831d8933f4bbfca34c2d45df571967c28");
    }

    @Test
    void a_form_body_is_covered_by_its_hash() {
        String hash = SignedRequest.hash("KeyId=1339cb7d-54d3-47e0-b595-c7d3dba82b6f".getBytes(StandardCharsets.UTF_8));
        Map<String, String> headers = headers("DescribeKey", hash);
        headers.put("content-type", "application/x-www-form-urlencoded");
        SignedRequest request = new SignedRequest("POST", "/", Map.of(), Map.of(), headersOf(headers), hash);

        assertThat(hash).isEqualTo("3efaab3f160798478fb8420f4aacf07d642d1272b8f28b2b14bab3133019f0a2");
        assertThat(Acs3Signature.authorization(SECRET, "testAccessKeyId", request, headers.keySet()))
                .isEqualTo("ACS3-HMAC-SHA256 Credential=testAccessKeyId,SignedHeaders=content-type;host;x-acs-action;"
                        + "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
                        + "8dbc33a5a745b967a5feeea6611f0373054ae146ede52fcae847cee956b8d5ee");
    }

    @Test
    void the_parts_of_the_header_come_in_any_order() {
        Authorization expected = new Authorization("ak", List.of("host", "x-acs-date"), "0f");

        assertThat(Authorization.parse("ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host;x-acs-date,Signature=0f"))
                .contains(expected);
        assertThat(Authorization.parse("ACS3-HMAC-SHA256 Credential=ak, Signature=0f, SignedHeaders=Host;X-Acs-Date"))
                .contains(expected);
    }

    @Test
    void an_incomplete_or_foreign_header_is_no_authorization() {
        assertThat(List.of(
                        "ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host",
                        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=0f",
                        "ACS3-HMAC-SHA256 Credential=ak,Credential=b,SignedHeaders=host,Signature=0f",
                        "ACS3-HMAC-SHA256 nonsense",
                        "ACS3-HMAC-SHA256",
                        "ACS3-HMAC-SM3 Credential=ak,SignedHeaders=host,Signature=0f"))
                .allSatisfy(header -> assertThat(Authorization.parse(header)).isEmpty());
    }

    private static SignedRequest createKey(Map<String, String> more) {
        Map<String, String> query = new TreeMap<>(more);
        query.put("Origin", "EXTERNAL");
        query.put("Description", "a b*c~d+e/f=g&h\u00e9\u5bc6");
        return new SignedRequest("POST", "/", query, query, headersOf(headers("CreateKey", EMPTY_HASH)), EMPTY_HASH);
    }

    private static Map<String, String> headers(String action, String hash) {
        return new LinkedHashMap<>(Map.of(
                "host", "127.0.0.1:8080",
                "x-acs-action", action,
                "x-acs-version", "2016-01-20",
                "x-acs-date", "2018-03-30T08:15:30Z",
                "x-acs-signature-nonce", "0b1f8f1e5f6d4b0d9a7c3e2f1a0b9c8d",
                "x-acs-content-sha256", hash));
    }

    private static List<String> names(SignedRequest.Headers headers) {
        return headers("", "").keySet().stream()
                .filter(name -> !headers.all(name).isEmpty())
                .sorted()
                .toList();
    }

    private static SignedRequest.Headers headersOf(Map<String, String> headers) {
        return name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
    }
}
