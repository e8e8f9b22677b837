package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.adapter.journal.UseJournal;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.crypto.MessageCipher;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.projection.keystate.KeyStateQueries;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** What the uses of a key share: the key that made a ciphertext, opened material, the cipher, fresh data keys, and the journal. */
@Component
class KeyUses {

    private final KeyStateQueries keys;
    private final UseJournal journal;
    private final SecureRandom random;
    private final MessageCipher cipher;

    KeyUses(KeyStateQueries keys, UseJournal journal, SecureRandom random, MessageCipher cipher) {
        this.keys = keys;
        this.journal = journal;
        this.random = random;
        this.cipher = cipher;
    }

    /**
     * The key that a ciphertext says it was made by. Asks for permission first. Nothing proves the ciphertext's word yet, so the audit draft
     * names the key only if it exists.
     *
     * @throws Refusal {@code NO_PERMISSION}, {@code KEY_NOT_FOUND}
     */
    KeySummary makerOf(Call call, CiphertextBlob blob) {
        call.authorise(blob.keyId().value());
        KeySummary key = keys.find(blob.keyId()).orElseThrow(() -> Refusal.of(ErrorCode.KEY_NOT_FOUND));
        call.audit().keyId(key.keyId());
        return key;
    }

    /** Opens the present material; a state that forbids it is refused and recorded. */
    KeyInUse open(Call call, KeySummary key, KeyOperation operation) {
        return journal.open(call.audit(), key, operation);
    }

    /** Opens the material that made the ciphertext; a state that forbids it is refused and recorded. */
    KeyInUse open(Call call, KeySummary key, CiphertextBlob blob, KeyOperation operation) {
        return journal.open(call.audit(), key, blob.versionId(), operation);
    }

    /** Computes, records the use and only then answers. */
    <R> R record(Call call, List<KeyInUse> used, Supplier<R> work) {
        return journal.record(call.audit(), used, work);
    }

    CiphertextBlob seal(KeyInUse key, SecretBytes plaintext, EncryptionContext context) {
        return cipher.seal(key.material(), key.keyId(), key.versionId(), plaintext, context);
    }

    SecretBytes open(KeyInUse key, CiphertextBlob blob, EncryptionContext context) {
        return cipher.open(key.material(), blob, context);
    }

    /** Fresh random bytes for a data key. */
    SecretBytes dataKey(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return SecretBytes.takeFrom(bytes);
    }
}
