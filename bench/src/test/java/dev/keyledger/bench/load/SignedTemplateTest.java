package dev.keyledger.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.auth.V1Signature;
import dev.keyledger.bench.load.SignedTemplate.Signer;
import dev.keyledger.bench.load.SignedTemplate.Value;
import dev.keyledger.material.SecretBytes;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SignedTemplateTest {

    private static final AccessKeyPair ACCESS_KEY = new AccessKeyPair("LTAItest", "the secret of the test");
    private static final Signer SIGNER = new Signer(ACCESS_KEY);

    private static String written(SignedTemplate template) {
        byte[] bytes = new byte[template.maxBytes()];
        int length = template.write(SIGNER, bytes);
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    private static SignedTemplate template(Map<String, String> parameters) {
        return SignedTemplate.of(new Endpoint(8080), ACCESS_KEY, "Encrypt", parameters);
    }

    private static Map<String, String> parameters(String request) {
        String body = request.substring(request.indexOf("\r\n\r\n") + 4);
        assertThat(request).contains("Content-Length: " + body.length() + "\r\n");
        return Arrays.stream(body.split("&", -1))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(
                        pair -> pair[0],
                        pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8),
                        (first, second) -> second,
                        TreeMap::new));
    }

    /** The service's own signature over what arrived. */
    private static void assertSigned(Map<String, String> sent) {
        Map<String, String> signed = new TreeMap<>(sent);
        String signature = signed.remove("Signature");
        try (SecretBytes secret = SecretBytes.takeFrom(ACCESS_KEY.secret().getBytes(StandardCharsets.UTF_8))) {
            assertThat(signature)
                    .isEqualTo(V1Signature.sign(
                            V1Signature.Algorithm.HMAC_SHA1, secret, V1Signature.stringToSign("POST", signed)));
        }
    }

    @Test
    void each_request_is_signed_and_has_a_nonce_of_its_own() {
        SignedTemplate template = template(Map.of("KeyId", "a key", "Plaintext", "a+b/c=="));
        Map<String, String> first = parameters(written(template));
        Map<String, String> second = parameters(written(template));

        assertSigned(first);
        assertSigned(second);
        assertThat(first).containsEntry("KeyId", "a key").containsEntry("Plaintext", "a+b/c==");
        assertThat(second.get("SignatureNonce")).isNotEqualTo(first.get("SignatureNonce"));
    }

    @Test
    void the_open_parameter_takes_one_value_after_another() {
        SignedTemplate template = template(Map.of("CiphertextBlob", SignedTemplate.OPEN));
        for (String value : new String[] {"short", "longer, with + and / and =", "ü"}) {
            Map<String, String> sent = parameters(written(template.with(Value.of(value))));
            assertSigned(sent);
            assertThat(sent).containsEntry("CiphertextBlob", value);
        }
    }
}
