package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Function;

/**
 * The import token, and the wrapping of the private key that belongs to it (ADR 0006).
 *
 * <pre>
 * token = Base64( version 01 · day (u32) · IV (12) · AES-256-GCM{ body } · tag (16) ), additional data: version and day
 * body  = token id (16) · share (32) · algorithm (1) · SHA-256 of the SubjectPublicKeyInfo (32)
 *         · issued at (i64, ms) · expires at (i64, ms) · length (u32) and key id
 * </pre>
 *
 * <p>Both keys are derived from the token key of the day: the sealing key from it alone, the private key's wrapping key from it and the share,
 * so that neither the database row nor the token opens the private key without the other.
 */
public final class ImportTokenFormat {

    /** Length of the share in bytes. */
    public static final int SHARE_BYTES = 32;

    private static final byte VERSION = 1;
    private static final String SEAL_LABEL = "kms/import-token/v1";
    private static final String SESSION_LABEL = "kms/import-session/v1";
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_TOKEN_BYTES = 512;

    private ImportTokenFormat() {}

    /**
     * A token whose seal is not checked yet.
     *
     * @param day days since 1970 of the token key that sealed it, as the token claims
     */
    public record Sealed(int day, WrappedSecret body) {}

    /** Algorithms by their number in the body; a format, so the order of the enum does not count. */
    private static int number(WrappingAlgorithm algorithm) {
        return switch (algorithm) {
            case RSAES_PKCS1_V1_5 -> 1;
            case RSAES_OAEP_SHA_1 -> 2;
            case RSAES_OAEP_SHA_256 -> 3;
        };
    }

    private static WrappingAlgorithm algorithm(int number) {
        for (WrappingAlgorithm each : WrappingAlgorithm.values()) {
            if (number(each) == number) {
                return each;
            }
        }
        throw invalid("unknown algorithm number");
    }

    /** SHA-256 of a DER SubjectPublicKeyInfo, lower-case hexadecimal. */
    public static String publicKeyDigest(byte[] subjectPublicKeyInfo) {
        return HexFormat.of().formatHex(Jca.sha256().digest(subjectPublicKeyInfo));
    }

    /**
     * Seals a token.
     *
     * @param tokenKey the domain key of {@code day}
     * @return Base64, one line
     */
    public static String seal(SecretBytes tokenKey, int day, OpenedImportToken token, SecureRandom random) {
        byte[] iv = new byte[WrappedSecret.IV_BYTES];
        random.nextBytes(iv);
        return seal(tokenKey, day, token, iv);
    }

    /** With an IV of the caller's: for test vectors only. */
    static String seal(SecretBytes tokenKey, int day, OpenedImportToken token, byte[] iv) {
        byte[] keyId = token.keyId().value().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer body = ByteBuffer.allocate(
                16 + SHARE_BYTES + 1 + DIGEST_BYTES + 2 * Long.BYTES + Integer.BYTES + keyId.length);
        put(body, token.tokenId().value());
        token.share().use(body::put);
        body.put((byte) number(token.algorithm()))
                .put(HexFormat.of().parseHex(token.publicKeyDigest()))
                .putLong(token.issuedAt().toEpochMilli())
                .putLong(token.expiresAt().toEpochMilli())
                .putInt(keyId.length)
                .put(keyId);
        byte[] sealed = withSealingKey(tokenKey, key -> AesGcm.encrypt(key, iv, tokenHead(day), body.array()));
        Arrays.fill(body.array(), (byte) 0);
        return Base64.getEncoder()
                .encodeToString(ByteLayout.empty()
                        .fixed(tokenHead(day))
                        .fixed(iv)
                        .fixed(sealed)
                        .bytes());
    }

    /**
     * Reads the outer form of a token.
     *
     * @throws Refusal {@code INVALID_IMPORT_TOKEN} if it has not this form
     */
    public static Sealed parse(String importToken) {
        byte[] bytes = decode(importToken);
        int head = tokenHead(0).length;
        if (bytes.length <= head + WrappedSecret.IV_BYTES + AesGcm.TAG_BYTES || bytes.length > MAX_TOKEN_BYTES) {
            throw invalid("wrong length");
        }
        if (bytes[0] != VERSION) {
            throw invalid("unknown version");
        }
        int day = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
        return new Sealed(
                day,
                new WrappedSecret(
                        Arrays.copyOfRange(bytes, head, head + WrappedSecret.IV_BYTES),
                        Arrays.copyOfRange(bytes, head + WrappedSecret.IV_BYTES, bytes.length)));
    }

    private static byte[] decode(String importToken) {
        try {
            return Base64.getDecoder().decode(importToken);
        } catch (IllegalArgumentException malformed) {
            throw invalid("not Base64");
        }
    }

    /**
     * Opens a token. Whether it is expired is the caller's to decide.
     *
     * @throws Refusal {@code INVALID_IMPORT_TOKEN} if it was not sealed under this key for this day
     */
    public static OpenedImportToken open(SecretBytes tokenKey, Sealed token) {
        byte[] body = withSealingKey(
                tokenKey,
                key -> AesGcm.decrypt(key, token.body.iv(), tokenHead(token.day), token.body.wrapped())
                        .orElseThrow(() -> invalid("seal does not hold")));
        byte[] share = new byte[SHARE_BYTES];
        try {
            ByteBuffer in = ByteBuffer.wrap(body);
            ImportTokenId tokenId = new ImportTokenId(new UUID(in.getLong(), in.getLong()));
            in.get(share);
            WrappingAlgorithm algorithm = algorithm(in.get());
            byte[] digest = new byte[DIGEST_BYTES];
            in.get(digest);
            Instant issuedAt = Instant.ofEpochMilli(in.getLong());
            Instant expiresAt = Instant.ofEpochMilli(in.getLong());
            if (in.getInt() != in.remaining()) {
                throw invalid("wrong length of the key id");
            }
            KeyId keyId = new KeyId(new String(body, in.position(), in.remaining(), StandardCharsets.ISO_8859_1));
            return new OpenedImportToken(
                    tokenId,
                    SecretBytes.copyOf(share),
                    keyId,
                    algorithm,
                    HexFormat.of().formatHex(digest),
                    issuedAt,
                    expiresAt);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            throw invalid("malformed body");
        } finally {
            Arrays.fill(body, (byte) 0);
            Arrays.fill(share, (byte) 0);
        }
    }

    /** Wraps the private key of a token for its row. */
    public static WrappedSecret wrapPrivateKey(
            SecretBytes tokenKey,
            SecretBytes share,
            ImportTokenId tokenId,
            KeyId keyId,
            SecretBytes privateKey,
            SecureRandom random) {
        return withSessionKey(
                tokenKey,
                share,
                tokenId,
                key -> SecretWrapping.wrap(key, privateKey, sessionData(tokenId, keyId), random));
    }

    /**
     * Unwraps the private key from its row.
     *
     * @throws dev.keyledger.material.SecretUnwrapException if the row is not the token's
     */
    public static SecretBytes unwrapPrivateKey(
            SecretBytes tokenKey, SecretBytes share, ImportTokenId tokenId, KeyId keyId, WrappedSecret wrapped) {
        return withSessionKey(
                tokenKey,
                share,
                tokenId,
                key -> SecretWrapping.unwrap(
                        key, wrapped, sessionData(tokenId, keyId), "the wrapping key of an import token"));
    }

    private static byte[] tokenHead(int day) {
        return ByteLayout.empty().u8(VERSION).u32(day).bytes();
    }

    private static byte[] sessionData(ImportTokenId tokenId, KeyId keyId) {
        return ByteLayout.labelled(SESSION_LABEL)
                .uuid(tokenId.value())
                .prefixed(keyId.value())
                .bytes();
    }

    private static byte[] withSealingKey(SecretBytes tokenKey, Function<byte[], byte[]> action) {
        return withDerived(tokenKey, SEAL_LABEL, new byte[0], action);
    }

    private static <R> R withSessionKey(
            SecretBytes tokenKey, SecretBytes share, ImportTokenId tokenId, Function<SecretBytes, R> action) {
        byte[] context = new byte[SHARE_BYTES + 16];
        try {
            ByteBuffer into = ByteBuffer.wrap(context);
            share.use(into::put);
            put(into, tokenId.value());
            return withDerived(tokenKey, SESSION_LABEL, context, derived -> {
                try (SecretBytes key = SecretBytes.copyOf(derived)) {
                    return action.apply(key);
                }
            });
        } finally {
            Arrays.fill(context, (byte) 0);
        }
    }

    private static <R> R withDerived(SecretBytes tokenKey, String label, byte[] context, Function<byte[], R> action) {
        byte[] derived = tokenKey.use(key -> Kbkdf.derive(key, label, context, AesGcm.KEY_BYTES));
        try {
            return action.apply(derived);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    private static void put(ByteBuffer into, UUID id) {
        into.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static Refusal invalid(String internalReason) {
        return Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN).because("import token: " + internalReason);
    }
}
