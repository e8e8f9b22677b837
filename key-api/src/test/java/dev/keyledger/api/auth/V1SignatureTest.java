package dev.keyledger.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.auth.V1Signature.Algorithm;
import dev.keyledger.material.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Vectors computed with the vendor's own signers. */
class V1SignatureTest {

    private static final SecretBytes SECRET = secret("testAccessKeySecret");

    @Test
    void the_example_of_the_vendors_page_holds() {
        Map<String, String> parameters = Map.of(
                "Action", "CreateKey",
                "SignatureVersion", "1.0",
                "Format", "json",
                "Version", "2016-01-20",
                "AccessKeyId", "testid",
                "SignatureMethod", "HMAC-SHA1",
                "Timestamp", "2016-03-28T03:13:08Z");

        String stringToSign = V1Signature.stringToSign("GET", parameters);

        assertThat(stringToSign)
                .isEqualTo("GET&%2F&AccessKeyId%3Dtestid%26Action%3DCreateKey%26Format%3Djson"
                        + "%26SignatureMethod%3DHMAC-SHA1%26SignatureVersion%3D1.0"
                        + "%26Timestamp%3D2016-03-28T03%253A13%253A08Z%26Version%3D2016-01-20");
        assertThat(V1Signature.sign(Algorithm.HMAC_SHA1, secret("testsecret"), stringToSign))
                .isEqualTo("41wk2SSX1GJh7fwnc5eqOfiJPFg=");
    }

    @Test
    void special_characters_are_encoded_as_the_sdks_do() {
        String stringToSign = V1Signature.stringToSign("POST", createKey());

        assertThat(stringToSign)
                .isEqualTo("POST&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DCreateKey"
                        + "%26Description%3Da%2520b%252Ac~d%252Be%252Ff%253Dg%2526h%25C3%25A9%25E5%25AF%2586"
                        + "%26Format%3DJSON%26Origin%3DEXTERNAL%26RegionId%3Dcn-hangzhou%26SignatureMethod%3DHMAC-SHA1"
                        + "%26SignatureNonce%3D0b1f8f1e5f6d4b0d9a7c3e2f1a0b9c8d%26SignatureVersion%3D1.0"
                        + "%26Timestamp%3D2018-03-30T08%253A15%253A30Z%26Version%3D2016-01-20");
        assertThat(sign(stringToSign)).isEqualTo("EV5jwFcGUuxFRBxO7u69azAwWdw=");
    }

    @Test
    void the_method_is_covered() {
        assertThat(sign(V1Signature.stringToSign("GET", createKey()))).isEqualTo("6mtTr7bZu9M26nas4TE0HMT7zkk=");
    }

    @Test
    void the_signature_itself_is_not_covered() {
        Map<String, String> signed = createKey();
        signed.put("Signature", "anything");

        assertThat(V1Signature.stringToSign("POST", signed)).isEqualTo(V1Signature.stringToSign("POST", createKey()));
    }

    @Test
    void empty_values_are_signed_in_one_form_and_left_out_in_the_other() {
        Map<String, String> parameters = createKey();
        parameters.put("KeyUsage", "");

        assertThat(sign(V1Signature.stringToSign("POST", parameters))).isEqualTo("p1qKK8fdor6tFDdPrUfsYSqtu6U=");
        assertThat(sign(V1Signature.stringToSignWithoutEmpty("POST", parameters)))
                .isEqualTo("EV5jwFcGUuxFRBxO7u69azAwWdw=");
    }

    @Test
    void an_import_holds() {
        Map<String, String> parameters = system("ImportKeyMaterial");
        parameters.put("KeyId", "1339cb7d-54d3-47e0-b595-c7d3dba82b6f");
        parameters.put("EncryptedKeyMaterial", "ab+/cd==");
        parameters.put("ImportToken", "tok+/en=");
        parameters.put("KeyMaterialExpireUnix", "0");

        assertThat(sign(V1Signature.stringToSign("POST", parameters))).isEqualTo("IScXd//IgUQHYhef4RyyGZLybyM=");
    }

    @Test
    void the_sha_256_variant_differs_in_the_hash_alone() throws Exception {
        // Computed by the platform's MAC directly.
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(new javax.crypto.spec.SecretKeySpec(
                "testAccessKeySecret&".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String expected =
                java.util.Base64.getEncoder().encodeToString(mac.doFinal("text".getBytes(StandardCharsets.UTF_8)));

        assertThat(V1Signature.sign(Algorithm.HMAC_SHA256, SECRET, "text")).isEqualTo(expected);
        assertThat(Algorithm.named("HMAC-SHA256")).contains(Algorithm.HMAC_SHA256);
        assertThat(Algorithm.named("SHA256withRSA")).isEmpty();
    }

    private static String sign(String stringToSign) {
        return V1Signature.sign(Algorithm.HMAC_SHA1, SECRET, stringToSign);
    }

    private static Map<String, String> createKey() {
        Map<String, String> parameters = system("CreateKey");
        parameters.put("Origin", "EXTERNAL");
        parameters.put("Description", "a b*c~d+e/f=g&h\u00e9\u5bc6");
        return parameters;
    }

    private static Map<String, String> system(String action) {
        return new LinkedHashMap<>(Map.of(
                "Action", action,
                "Version", "2016-01-20",
                "Format", "JSON",
                "AccessKeyId", "testAccessKeyId",
                "SignatureMethod", "HMAC-SHA1",
                "SignatureVersion", "1.0",
                "SignatureNonce", "0b1f8f1e5f6d4b0d9a7c3e2f1a0b9c8d",
                "Timestamp", "2018-03-30T08:15:30Z",
                "RegionId", "cn-hangzhou"));
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }
}
