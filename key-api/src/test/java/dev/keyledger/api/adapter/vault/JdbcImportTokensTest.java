package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.ImportTokens;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Import tokens over a real database: time, failures, and that nobody learns why material was refused. */
class JdbcImportTokensTest {

    private static final KeyId KEY = KeyId.of(UUID.randomUUID());
    private static final byte[] MATERIAL = material(7);

    private final TestStore store = new TestStore();
    private final VaultNode node = new VaultNode(store);

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] material(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return bytes;
    }

    private Instant now() {
        return store.sql()
                .sql("select keyledger_now()")
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
    }

    private void advance(Duration duration) {
        store.sql()
                .sql("update store_clock set \"offset\" = \"offset\" + make_interval(secs => :seconds)")
                .param("seconds", (double) duration.toSeconds())
                .update();
    }

    private ImportParameters issue() {
        return issue(KEY, WrappingAlgorithm.RSAES_PKCS1_V1_5);
    }

    private ImportParameters issue(KeyId keyId, WrappingAlgorithm algorithm) {
        Instant now = now();
        return node.inTransaction(() ->
                node.sessions.issue(keyId, algorithm, WrappingKeySpec.RSA_2048, now, now.plus(Duration.ofHours(24))));
    }

    private static RSAPublicKey publicKey(ImportParameters parameters) throws GeneralSecurityException {
        return (RSAPublicKey) KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(parameters.publicKey())));
    }

    private static byte[] wrap(ImportParameters parameters, byte[] material) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, publicKey(parameters));
        return cipher.doFinal(material);
    }

    private static UnwrappedMaterial unwrap(VaultNode node, ImportParameters parameters, byte[] encrypted) {
        try (OpenedImportToken token = node.tokens.open(parameters.importToken())) {
            return node.tokens.unwrap(token, encrypted);
        }
    }

    private void assertRefused(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private int failures() {
        return store.sql()
                .sql("select failures from import_session")
                .query(Integer.class)
                .single();
    }

    @Test
    void a_token_says_on_every_node_what_it_was_issued_for() {
        Instant before = now();
        ImportParameters parameters = issue();

        for (VaultNode each : new VaultNode[] {node, new VaultNode(store)}) {
            OpenedImportToken token = each.tokens.open(parameters.importToken());
            assertThat(token.keyId()).isEqualTo(KEY);
            assertThat(token.tokenId()).isEqualTo(parameters.tokenId());
            assertThat(token.algorithm()).isEqualTo(WrappingAlgorithm.RSAES_PKCS1_V1_5);
            assertThat(token.expiresAt()).isEqualTo(parameters.expiresAt());
            assertThat(token.issuedAt()).isBetween(before, now());
        }
        assertThat(parameters.publicKey()).hasSize(392);
    }

    @Test
    void what_was_wrapped_for_a_token_opens_on_every_node_and_many_times() throws GeneralSecurityException {
        ImportParameters parameters = issue();
        byte[] encrypted = wrap(parameters, MATERIAL);
        VaultNode other = new VaultNode(store);
        for (VaultNode each : new VaultNode[] {node, other, node}) {
            UnwrappedMaterial opened = unwrap(each, parameters, encrypted);
            assertThat(opened.genuine()).isTrue();
            assertThat(VaultNode.copy(opened.bytes())).isEqualTo(MATERIAL);
            assertThat(opened.weakness()).isEqualTo("one-repeated-byte");
            each.inTransaction(() -> {
                each.tokens.succeeded(parameters.tokenId());
                return true;
            });
        }
        assertThat(failures()).isZero();
    }

    @Test
    void what_was_wrapped_for_one_token_does_not_open_with_another() throws GeneralSecurityException {
        byte[] encrypted = wrap(issue(), MATERIAL);
        assertThat(unwrap(node, issue(), encrypted).genuine()).isFalse();
    }

    @Test
    void no_two_tokens_share_a_wrapping_key() {
        assertThat(issue().publicKey()).isNotEqualTo(issue().publicKey());
    }

    @Test
    void issuing_shares_the_callers_transaction() {
        Instant now = now();
        node.rolledBack(() -> node.sessions.issue(
                KEY, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048, now, now.plusSeconds(60)));
        assertThat(store.sql()
                        .sql("select count(*) from import_session")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void a_token_expires_by_store_time_and_stays_expired_when_its_traces_are_gone() {
        ImportParameters parameters = issue();
        advance(Duration.ofHours(23));
        node.purge.purge();
        node.tokens.open(parameters.importToken()).close();

        advance(Duration.ofMinutes(61));
        assertRefused(ErrorCode.EXPIRED_IMPORT_TOKEN, () -> node.tokens.open(parameters.importToken()));
        assertThat(node.purge.purge()).as("an hour of grace").isZero();

        advance(Duration.ofHours(1));
        assertThat(node.purge.purge()).isEqualTo(1);
        assertRefused(ErrorCode.EXPIRED_IMPORT_TOKEN, () -> node.tokens.open(parameters.importToken()));

        advance(Duration.ofHours(49));
        node.purge.purge();
        for (VaultNode each : new VaultNode[] {node, new VaultNode(store)}) {
            assertRefused(ErrorCode.EXPIRED_IMPORT_TOKEN, () -> each.tokens.open(parameters.importToken()));
        }
        assertThat(store.sql()
                        .sql("select count(*) from domain_key where purpose = 'token' and wrapped is not null")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void forged_and_damaged_tokens_are_invalid() {
        String token = issue().importToken();
        byte[] bytes = Base64.getDecoder().decode(token);
        byte[] otherDay = bytes.clone();
        otherDay[1] ^= 0x40;
        byte[] changed = bytes.clone();
        changed[bytes.length - 1] ^= 1;
        for (String forged : new String[] {
            Base64.getEncoder().encodeToString(otherDay),
            Base64.getEncoder().encodeToString(changed),
            "",
            "AAAA",
            "not Base64"
        }) {
            assertRefused(ErrorCode.INVALID_IMPORT_TOKEN, () -> node.tokens.open(forged));
        }
    }

    @Test
    void a_destroyed_key_takes_its_tokens_along() throws GeneralSecurityException {
        KeyId otherKey = KeyId.of(UUID.randomUUID());
        ImportParameters parameters = issue();
        ImportParameters others = issue(otherKey, WrappingAlgorithm.RSAES_PKCS1_V1_5);
        byte[] encrypted = wrap(parameters, MATERIAL);
        node.sessions.destroyAll(KEY);

        assertRefused(ErrorCode.INVALID_IMPORT_TOKEN, () -> unwrap(node, parameters, encrypted));
        assertThat(unwrap(node, others, wrap(others, MATERIAL)).genuine()).isTrue();
    }

    @Test
    void a_private_key_moved_to_another_token_does_not_unwrap() {
        ImportParameters one = issue();
        issue();
        store.sql().sql("""
                        update import_session m set iv = o.iv, wrapped_private = o.wrapped_private
                        from import_session o where o.token_id <> m.token_id
                        """).update();
        assertThatThrownBy(() -> unwrap(node, one, new byte[256])).isInstanceOf(SecretUnwrapException.class);
    }

    @Test
    void sixteen_failures_end_a_token_whichever_node_counts_them() throws GeneralSecurityException {
        ImportParameters parameters = issue();
        VaultNode other = new VaultNode(store);
        for (int failure = 1; failure <= ImportTokens.FAILURE_BUDGET; failure++) {
            VaultNode each = failure % 2 == 0 ? node : other;
            assertThat(unwrap(each, parameters, new byte[256]).genuine()).isFalse();
            assertThat(each.tokens.failed(parameters.tokenId())).isEqualTo(failure == ImportTokens.FAILURE_BUDGET);
            assertThat(failures()).isEqualTo(failure);
        }
        byte[] good = wrap(parameters, MATERIAL);
        assertRefused(ErrorCode.INVALID_IMPORT_TOKEN, () -> unwrap(node, parameters, good));
        assertRefused(ErrorCode.INVALID_IMPORT_TOKEN, () -> unwrap(other, parameters, good));
        assertThat(failures()).isEqualTo(16);
    }

    @Test
    void a_failure_counts_even_if_everything_else_is_rolled_back() {
        ImportParameters parameters = issue();
        node.rolledBack(() -> unwrap(node, parameters, new byte[256]));
        assertThat(failures()).isEqualTo(1);

        node.rolledBack(() -> node.tokens.succeeded(parameters.tokenId()));
        assertThat(failures()).as("given back only if the import holds").isEqualTo(1);
    }

    @Test
    void imports_in_progress_hold_failures_and_do_not_end_the_token() throws GeneralSecurityException {
        ImportParameters parameters = issue();
        byte[] good = wrap(parameters, MATERIAL);
        for (int i = 0; i < ImportTokens.FAILURE_BUDGET; i++) {
            assertThat(unwrap(node, parameters, good).genuine()).isTrue();
        }
        assertRefused(ErrorCode.THROTTLING, () -> unwrap(node, parameters, good));

        assertThat(node.tokens.failed(parameters.tokenId()))
                .as("one failure, fifteen in progress")
                .isFalse();
        for (int i = 1; i < ImportTokens.FAILURE_BUDGET; i++) {
            node.tokens.succeeded(parameters.tokenId());
        }
        assertThat(failures()).isEqualTo(1);
        assertThat(unwrap(node, parameters, good).genuine()).isTrue();
    }

    @Test
    void an_import_that_ended_without_a_word_has_failed() throws GeneralSecurityException {
        ImportParameters parameters = issue();
        byte[] good = wrap(parameters, MATERIAL);
        for (int i = 0; i < ImportTokens.FAILURE_BUDGET; i++) {
            assertThat(unwrap(node, parameters, good).genuine()).isTrue();
        }
        store.sql()
                .sql("update import_session set attempted_at = attempted_at - interval '2 minutes'")
                .update();
        assertRefused(ErrorCode.INVALID_IMPORT_TOKEN, () -> unwrap(node, parameters, good));
    }

    /** What can be wrong with wrapped material: each padding fault, wrong length, wrong material, and what is no ciphertext at all. */
    private static Map<String, byte[]> faults(ImportParameters parameters) throws GeneralSecurityException {
        RSAPublicKey key = publicKey(parameters);
        Map<String, byte[]> faults = new LinkedHashMap<>();
        faults.put("first byte", raw(key, block(1, 2, 223)));
        faults.put("block type", raw(key, block(0, 1, 223)));
        faults.put("no separator", raw(key, block(0, 2, -1)));
        faults.put("short padding", raw(key, block(0, 2, 5)));
        faults.put("empty message", raw(key, block(0, 2, 255)));
        faults.put("31 bytes", wrap(parameters, new byte[31]));
        faults.put("33 bytes", wrap(parameters, new byte[33]));
        faults.put("wrong material", wrap(parameters, material(8)));
        faults.put("short ciphertext", new byte[255]);
        faults.put("long ciphertext", new byte[257]);
        faults.put("not below the modulus", filled());
        faults.put("zero", new byte[256]);
        return faults;
    }

    private static byte[] filled() {
        byte[] bytes = new byte[256];
        Arrays.fill(bytes, (byte) 0xff);
        return bytes;
    }

    private static byte[] block(int first, int type, int separator) {
        byte[] block = new byte[256];
        Arrays.fill(block, (byte) 0x33);
        block[0] = (byte) first;
        block[1] = (byte) type;
        if (separator >= 0) {
            block[separator] = 0;
        }
        return block;
    }

    private static byte[] raw(RSAPublicKey key, byte[] block) {
        byte[] value = new BigInteger(1, block)
                .modPow(key.getPublicExponent(), key.getModulus())
                .toByteArray();
        byte[] out = new byte[256];
        int length = Math.min(256, value.length);
        System.arraycopy(value, value.length - length, out, 256 - length, length);
        return out;
    }

    @Test
    void every_fault_costs_the_same_statements_and_shows_the_same_code() throws GeneralSecurityException {
        ImportParameters again = issue();
        MaterialTag bound = node.binding.tag(KEY, SecretBytes.copyOf(MATERIAL));
        for (Map.Entry<String, byte[]> fault : faults(again).entrySet()) {
            assertThat(refusedImport(again, KEY, Optional.of(bound), fault.getValue()))
                    .as("%s, bound key", fault.getKey())
                    .isEqualTo("InvalidKeyMaterial after 2 statements");
        }

        KeyId unboundKey = KeyId.of(UUID.randomUUID());
        ImportParameters first = issue(unboundKey, WrappingAlgorithm.RSAES_PKCS1_V1_5);
        Map<String, byte[]> faults = faults(first);
        faults.remove("wrong material");
        for (Map.Entry<String, byte[]> fault : faults.entrySet()) {
            assertThat(refusedImport(first, unboundKey, Optional.empty(), fault.getValue()))
                    .as("%s, first import", fault.getKey())
                    .isEqualTo("InvalidKeyMaterial after 2 statements");
        }
    }

    /** The steps of an import that ends in a refusal, as the key takes them, with the number of statements they send. */
    private String refusedImport(
            ImportParameters parameters, KeyId keyId, Optional<MaterialTag> bound, byte[] encrypted) {
        String[] code = new String[1];
        int sent;
        try (OpenedImportToken token = node.tokens.open(parameters.importToken())) {
            int before = node.statements.get();
            UnwrappedMaterial material = node.tokens.unwrap(token, encrypted);
            node.rolledBack(() -> {
                MaterialTag tag = node.binding.tag(keyId, material.bytes());
                boolean same = bound.map(tag::sameAs).orElse(true);
                code[0] = material.genuine() && same
                        ? "imported"
                        : material.refusal().code();
            });
            sent = node.statements.get() - before;
        }
        // Or the many faults would use the token up.
        node.tokens.succeeded(parameters.tokenId());
        return code[0] + " after " + sent + " statements";
    }
}
