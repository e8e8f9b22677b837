package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * ReEncrypt: from one key to another without showing the plaintext. The answer names the key and version that decrypted. {@code
 * SourceEncryptionAlgorithm} says that the source is asymmetric, which no key here is; {@code SourceKeyId} and {@code SourceKeyVersionId} are
 * not needed for a symmetric source, and must be right if they are given.
 */
@Component
final class ReEncryptOperation implements Operation {

    private final KeyReferences references;
    private final KeyUses uses;

    ReEncryptOperation(KeyReferences references, KeyUses uses) {
        this.references = references;
        this.uses = uses;
    }

    record Response(String keyId, String keyVersionId, String ciphertextBlob) {}

    private record Contexts(EncryptionContext source, EncryptionContext destination) {}

    @Override
    public String name() {
        return "ReEncrypt";
    }

    @Override
    public Object execute(Call call) {
        Parameters parameters = call.parameters();
        byte[] bytes = CryptoParameters.ciphertext(parameters);
        KeyReference reference = references.any(parameters, "DestinationKeyId");
        Contexts contexts = new Contexts(
                CryptoParameters.context(parameters, "SourceEncryptionContext"),
                CryptoParameters.context(parameters, "DestinationEncryptionContext"));
        call.audit().context(contexts.source.pairs()).destinationContext(contexts.destination.pairs());
        CryptoParameters.noteDigest(call.audit(), bytes);
        CiphertextBlob blob = sourceOf(parameters, bytes);
        try (KeyInUse source = uses.findMaker(call, blob);
                KeyInUse destination = uses.find(call, reference)) {
            uses.requireState(call, source, KeyOperation.RE_ENCRYPT_SOURCE);
            uses.requireState(call, destination, KeyOperation.RE_ENCRYPT_DESTINATION);
            return uses.record(
                    call, List.of(source, destination), () -> reEncrypt(call, source, blob, destination, contexts));
        }
    }

    private Response reEncrypt(
            Call call, KeyInUse source, CiphertextBlob blob, KeyInUse destination, Contexts contexts) {
        try (SecretBytes plaintext = uses.open(source, blob, contexts.source)) {
            byte[] sealed =
                    uses.seal(destination, plaintext, contexts.destination).bytes();
            CryptoParameters.noteDigest(call.audit(), sealed);
            call.audit().sizes(blob.bytes().length, sealed.length);
            return new Response(source.keyId().value(), source.versionId().toString(), CryptoParameters.base64(sealed));
        }
    }

    private static CiphertextBlob sourceOf(Parameters parameters, byte[] bytes) {
        if (parameters.optional("SourceEncryptionAlgorithm").isPresent()) {
            throw Refusal.of(ErrorCode.REJECTED_UNSUPPORTED_OPERATION);
        }
        CiphertextBlob blob = CiphertextBlob.parse(bytes);
        requireSame(parameters, "SourceKeyId", blob.keyId().value());
        requireSame(parameters, "SourceKeyVersionId", blob.versionId().toString());
        return blob;
    }

    private static void requireSame(Parameters parameters, String name, String expected) {
        if (parameters.optional(name).filter(given -> !given.equals(expected)).isPresent()) {
            throw Parameters.invalid(name);
        }
    }
}
