package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.adapter.journal.UseJournal;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.crypto.MessageCipher;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** What the uses of a key share: the key that made a ciphertext, opened material, the cipher, fresh data keys, and the journal. */
@Component
class KeyUses {

    private final KeyReferences references;
    private final UseJournal journal;
    private final SecureRandom random;
    private final MessageCipher cipher;

    KeyUses(KeyReferences references, UseJournal journal, SecureRandom random, MessageCipher cipher) {
        this.references = references;
        this.journal = journal;
        this.random = random;
        this.cipher = cipher;
    }

    /** Opens the present material of the key that is meant; asks for permission first. A state that forbids the use is refused and recorded. */
    KeyInUse open(Call call, KeyReference reference, KeyOperation operation) {
        return allowed(call, find(call, reference), operation);
    }

    /** As {@link #open}, of the key and version that a ciphertext says it was made by. */
    KeyInUse openMaker(Call call, CiphertextBlob blob, KeyOperation operation) {
        return allowed(call, findMaker(call, blob), operation);
    }

    private KeyInUse allowed(Call call, KeyInUse key, KeyOperation operation) {
        try {
            requireState(call, key, operation);
            return key;
        } catch (RuntimeException refused) {
            key.close();
            throw refused;
        }
    }

    /**
     * The key that is meant, whatever its state; asks for permission first.
     *
     * @throws dev.keyledger.refusal.Refusal {@code NO_PERMISSION}, {@code KEY_NOT_FOUND}, {@code ALIAS_NOT_FOUND}
     */
    KeyInUse find(Call call, KeyReference reference) {
        return journal.find(call.audit(), references.resolve(call, reference));
    }

    /** As {@link #find}, the key and version that a ciphertext says it was made by. */
    KeyInUse findMaker(Call call, CiphertextBlob blob) {
        call.authorise(blob.keyId().value());
        return journal.find(call.audit(), blob.keyId(), blob.versionId());
    }

    /** A state that forbids the use is refused and recorded. */
    void requireState(Call call, KeyInUse key, KeyOperation operation) {
        journal.requireState(call.audit(), key, operation);
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
