package dev.keyledger.cmk;

import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.ImportSessions;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.KeyMaterialStore;
import dev.keyledger.material.MaterialBinding;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.time.StoreClock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The key's ports in memory. {@link #calls} notes what was asked of them, and a clock that only tests move. */
final class KeyPorts {

    static final String MATERIAL = "0123456789abcdef0123456789abcdef";
    static final String OTHER_MATERIAL = "fedcba9876543210fedcba9876543210";

    final List<String> calls = new ArrayList<>();
    Map<KeyVersionId, String> stored = new HashMap<>();
    Instant now = KeyEvents.NOW;
    boolean destructionHeld;
    NoticeLadder ladder = NoticeLadder.DEFAULT;

    private int drawnVersions;
    private int drawnTokens;

    List<Object> all() {
        return List.of(clock(), material(), binding(), sessions(), versionIds(), hold(), ladder);
    }

    StoreClock clock() {
        return () -> now;
    }

    private DestructionHold hold() {
        return () -> destructionHeld;
    }

    private KeyVersionIds versionIds() {
        return () -> new KeyVersionId(new UUID(0x4000, 0x8000000000000000L + ++drawnVersions));
    }

    /** The version id that is drawn next by a fresh instance. */
    static KeyVersionId firstDrawnVersion() {
        return new KeyVersionId(new UUID(0x4000, 0x8000000000000001L));
    }

    static ImportTokenId drawnToken(int number) {
        return new ImportTokenId(new UUID(0x4001, 0x8000000000000000L + number));
    }

    private KeyMaterialStore material() {
        return new KeyMaterialStore() {
            @Override
            public void generate(KeyId keyId, KeyVersionId versionId) {
                calls.add("generate " + versionId);
                stored.put(versionId, "generated");
            }

            @Override
            public void put(KeyId keyId, KeyVersionId versionId, SecretBytes material) {
                calls.add("put " + versionId);
                stored.putIfAbsent(versionId, text(material));
            }

            @Override
            public Optional<SecretBytes> read(KeyId keyId, KeyVersionId versionId) {
                throw new AssertionError("the key never reads its material");
            }

            @Override
            public void destroy(KeyId keyId) {
                calls.add("destroy material");
                stored.clear();
            }
        };
    }

    private MaterialBinding binding() {
        return new MaterialBinding() {
            @Override
            public MaterialTag tag(KeyId keyId, SecretBytes material) {
                calls.add("tag");
                return tagOf(text(material));
            }

            @Override
            public void destroy(KeyId keyId) {
                calls.add("destroy binding");
            }
        };
    }

    private ImportSessions sessions() {
        return new ImportSessions() {
            @Override
            public ImportParameters issue(
                    KeyId keyId,
                    WrappingAlgorithm algorithm,
                    WrappingKeySpec spec,
                    Instant issuedAt,
                    Instant expiresAt) {
                calls.add("issue " + algorithm + " " + spec + " " + issuedAt + " " + expiresAt);
                return new ImportParameters(drawnToken(++drawnTokens), "token", "public key", expiresAt);
            }

            @Override
            public void destroyAll(KeyId keyId) {
                calls.add("destroy sessions");
            }
        };
    }

    static MaterialTag tagOf(String material) {
        try {
            return MaterialTag.of(MessageDigest.getInstance("SHA-256")
                    .digest(("tag of " + material).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static UnwrappedMaterial genuine(String material) {
        return new UnwrappedMaterial(secret(material), true, ErrorCode.INVALID_KEY_MATERIAL, "", "");
    }

    static UnwrappedMaterial substitute(ErrorCode refusal, String reason) {
        return new UnwrappedMaterial(secret("substitute substitute substitute"), false, refusal, reason, "");
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.takeFrom(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String text(SecretBytes secret) {
        return secret.use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }
}
