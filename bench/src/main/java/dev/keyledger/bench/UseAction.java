package dev.keyledger.bench;

import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.SignedTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** The operations of the use path, each with the request that is measured. */
enum UseAction {
    ENCRYPT("Encrypt") {
        @Override
        Map<String, String> parameters(KmsClient client, String keyId) {
            return Map.of("KeyId", keyId, "Plaintext", PLAINTEXT);
        }
    },
    DECRYPT("Decrypt") {
        @Override
        Map<String, String> parameters(KmsClient client, String keyId) {
            String made = client.call("Encrypt", Map.of("KeyId", keyId, "Plaintext", PLAINTEXT));
            return Map.of("CiphertextBlob", KmsClient.member("CiphertextBlob", made));
        }
    },
    GENERATE_DATA_KEY("GenerateDataKey") {
        @Override
        Map<String, String> parameters(KmsClient client, String keyId) {
            return Map.of("KeyId", keyId);
        }
    },
    DESCRIBE_KEY("DescribeKey") {
        @Override
        Map<String, String> parameters(KmsClient client, String keyId) {
            return Map.of("KeyId", keyId);
        }
    };

    /** 32 bytes. */
    static final String PLAINTEXT =
            Base64.getEncoder().encodeToString("32 bytes of what must be kept.  ".getBytes(StandardCharsets.US_ASCII));

    private final String action;

    UseAction(String action) {
        this.action = action;
    }

    /** Parameters of a request that uses this key. */
    abstract Map<String, String> parameters(KmsClient client, String keyId);

    String action() {
        return action;
    }

    SignedTemplate template(KmsClient client, String keyId) {
        return client.template(action, parameters(client, keyId));
    }
}
