package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.encodings.PKCS1Encoding;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.generators.MGF1BytesGenerator;
import org.bouncycastle.crypto.params.MGFParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any block as wrapped material, compared with BouncyCastle's lightweight decoders: the same blocks are good, and open to the same 32 bytes.
 * Most blocks are made from nearly well-formed paddings, which random ciphertexts never are.
 */
class WrappedMaterialFuzzTest {

    private static final List<WrappingAlgorithm> ALGORITHMS = List.of(WrappingAlgorithm.values());
    private static final int MODULUS_BYTES = 256;
    private static final int HEAD_BYTES = 5;
    private static final byte[] PKCS8 = Base64.getDecoder()
            .decode(GoldenFile.read("/crypto/openssl-wrapped-material.json")
                    .get("privateKey")
                    .stringValue());
    private static final SecretBytes PRIVATE_KEY = SecretBytes.copyOf(PKCS8);
    private static final SecretBytes SUBSTITUTE_SECRET = SecretBytes.takeFrom(new byte[32]);
    private static final RSAPrivateCrtKey RSA = rsa();

    private static final int PKCS1 = 2;
    private static final int OAEP = 3;

    /** Every padding under every algorithm: whole, with another first byte, and with one byte set at places that matter. */
    static Stream<byte[]> blocks() {
        List<String> faults = List.of("0000", "0001", "be0000", "df0000");
        List<byte[]> seeds = new ArrayList<>();
        for (int algorithm = 0; algorithm < ALGORITHMS.size(); algorithm++) {
            for (String fault : faults) {
                seeds.add(seed(algorithm, PKCS1, 0, fault));
                for (int hashes = 0; hashes < (algorithm == 0 ? 1 : 4); hashes++) {
                    seeds.add(seed(algorithm, OAEP, hashes, fault));
                }
            }
        }
        // A message longer than any material, with the other MGF1: no hint, because it would not be material with the
        // right one either.
        seeds.add(HexFormat.of().parseHex("02030270000127"));
        return seeds.stream();
    }

    private static byte[] seed(int algorithm, int block, int hashes, String fromFirstAndBytes) {
        return HexFormat.of().parseHex("%02x%02x%02x%s".formatted(algorithm, block, hashes, fromFirstAndBytes));
    }

    /**
     * @param input the algorithm; how the block is made; two bits for OAEP's hashes; where it is overwritten; its first byte; and what it is
     *     overwritten with
     */
    @MethodSource("blocks")
    @FuzzTest
    void blocks_open_as_another_library_opens_them(byte[] input) {
        if (input.length < HEAD_BYTES) {
            return;
        }
        WrappingAlgorithm algorithm = ALGORITHMS.get(Math.floorMod(input[0], ALGORITHMS.size()));
        byte[] encrypted = encrypted(input);
        try (UnwrappedMaterial ours =
                WrappedMaterialDecoder.decode(PRIVATE_KEY, algorithm, encrypted, SUBSTITUTE_SECRET)) {
            boolean inRange =
                    encrypted.length == MODULUS_BYTES && new BigInteger(1, encrypted).compareTo(RSA.getModulus()) < 0;
            Optional<byte[]> theirs = inRange ? open(algorithm, encrypted) : Optional.empty();

            assertThat(ours.genuine())
                    .isEqualTo(theirs.filter(m -> m.length == 32).isPresent());
            assertThat(ours.bytes().length()).isEqualTo(32);
            if (ours.genuine()) {
                assertThat(ours.bytes().use(byte[]::clone)).isEqualTo(theirs.orElseThrow());
            } else {
                boolean hint = inRange
                        && algorithm == WrappingAlgorithm.RSAES_OAEP_SHA_256
                        && open(oaep(new SHA256Digest(), new SHA1Digest()), encrypted)
                                .filter(m -> m.length == 32)
                                .isPresent();
                assertThat(ours.refusal())
                        .isEqualTo(hint ? ErrorCode.INVALID_KEY_MATERIAL_MGF1 : ErrorCode.INVALID_KEY_MATERIAL);
                assertThat(ours.internalReason()).isNotEmpty();
            }
        }
    }

    private static byte[] encrypted(byte[] input) {
        int block = Math.floorMod(input[1], 4);
        Digest hash = (input[2] & 1) == 0 ? new SHA256Digest() : new SHA1Digest();
        Digest mask = (input[2] & 2) == 0 ? new SHA256Digest() : new SHA1Digest();
        int overwrittenFrom = Byte.toUnsignedInt(input[3]);
        byte first = input[4];
        byte[] bytes = Arrays.copyOfRange(input, HEAD_BYTES, input.length);
        return switch (block) {
            case 0 -> bytes;
            case 1 -> encrypt(overwritten(new byte[MODULUS_BYTES], 0, bytes));
            case PKCS1 -> {
                byte[] padded = new byte[MODULUS_BYTES];
                Arrays.fill(padded, (byte) 0x7f);
                padded[0] = first;
                padded[1] = 2;
                padded[MODULUS_BYTES - 33] = 0;
                yield encrypt(overwritten(padded, overwrittenFrom, bytes));
            }
            default -> encrypt(oaepBlock(hash, mask, first, overwrittenFrom, bytes));
        };
    }

    /** RFC 8017 §7.1.1 around a data block that is well-formed but for what is overwritten. */
    private static byte[] oaepBlock(Digest hash, Digest mask, byte first, int overwrittenFrom, byte[] bytes) {
        int hashBytes = hash.getDigestSize();
        byte[] seed = new byte[hashBytes];
        byte[] data = new byte[MODULUS_BYTES - 1 - hashBytes];
        hash.doFinal(data, 0);
        data[data.length - 33] = 1;
        overwritten(data, overwrittenFrom, bytes);
        xor(data, mgf1(mask, seed, data.length));
        xor(seed, mgf1(mask, data, seed.length));
        byte[] block = new byte[MODULUS_BYTES];
        block[0] = first;
        System.arraycopy(seed, 0, block, 1, hashBytes);
        System.arraycopy(data, 0, block, 1 + hashBytes, data.length);
        return block;
    }

    private static byte[] overwritten(byte[] block, int from, byte[] bytes) {
        int start = Math.min(from, block.length);
        System.arraycopy(bytes, 0, block, start, Math.min(bytes.length, block.length - start));
        return block;
    }

    private static byte[] mgf1(Digest digest, byte[] seed, int length) {
        MGF1BytesGenerator generator = new MGF1BytesGenerator(digest);
        generator.init(new MGFParameters(seed));
        byte[] mask = new byte[length];
        generator.generateBytes(mask, 0, length);
        return mask;
    }

    private static void xor(byte[] target, byte[] mask) {
        for (int i = 0; i < target.length; i++) {
            target[i] ^= mask[i];
        }
    }

    private static byte[] encrypt(byte[] block) {
        byte[] number = new BigInteger(1, block)
                .modPow(RSA.getPublicExponent(), RSA.getModulus())
                .toByteArray();
        byte[] encrypted = new byte[MODULUS_BYTES];
        int length = Math.min(number.length, MODULUS_BYTES);
        System.arraycopy(number, number.length - length, encrypted, MODULUS_BYTES - length, length);
        return encrypted;
    }

    private static Optional<byte[]> open(WrappingAlgorithm algorithm, byte[] encrypted) {
        AsymmetricBlockCipher cipher = switch (algorithm) {
            case RSAES_PKCS1_V1_5 -> new PKCS1Encoding(new RSAEngine());
            case RSAES_OAEP_SHA_1 -> oaep(new SHA1Digest(), new SHA1Digest());
            case RSAES_OAEP_SHA_256 -> oaep(new SHA256Digest(), new SHA256Digest());
        };
        return open(cipher, encrypted);
    }

    private static AsymmetricBlockCipher oaep(Digest hash, Digest mask) {
        return new OAEPEncoding(new RSAEngine(), hash, mask, new byte[0]);
    }

    private static Optional<byte[]> open(AsymmetricBlockCipher cipher, byte[] encrypted) {
        cipher.init(
                false,
                new RSAPrivateCrtKeyParameters(
                        RSA.getModulus(),
                        RSA.getPublicExponent(),
                        RSA.getPrivateExponent(),
                        RSA.getPrimeP(),
                        RSA.getPrimeQ(),
                        RSA.getPrimeExponentP(),
                        RSA.getPrimeExponentQ(),
                        RSA.getCrtCoefficient()));
        try {
            return Optional.of(cipher.processBlock(encrypted, 0, encrypted.length));
        } catch (InvalidCipherTextException malformed) {
            return Optional.empty();
        }
    }

    private static RSAPrivateCrtKey rsa() {
        try {
            return (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(PKCS8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
