package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.material.SecretBytes;
import java.util.List;
import org.springframework.stereotype.Component;

/** ExportDataKey: what a ciphertext holds, encrypted to the caller's public key. */
@Component
final class ExportDataKeyOperation implements Operation {

    private final KeyUses uses;

    ExportDataKeyOperation(KeyUses uses) {
        this.uses = uses;
    }

    record Response(String keyId, String keyVersionId, String exportedDataKey) {}

    @Override
    public String name() {
        return "ExportDataKey";
    }

    @Override
    public Object execute(Call call) {
        byte[] bytes = CryptoParameters.ciphertext(call.parameters());
        ExportKey exportKey = ExportKey.read(call.parameters());
        EncryptionContext context = CryptoParameters.context(call.parameters(), "EncryptionContext");
        CryptoParameters.noteDigest(call.audit().context(context.pairs()), bytes);
        CiphertextBlob blob = CiphertextBlob.parse(bytes);
        try (KeyInUse key = uses.openMaker(call, blob, KeyOperation.EXPORT_DATA_KEY)) {
            return uses.record(call, List.of(key), () -> export(call, key, blob, context, exportKey));
        }
    }

    private Response export(
            Call call, KeyInUse key, CiphertextBlob blob, EncryptionContext context, ExportKey exportKey) {
        try (SecretBytes dataKey = uses.open(key, blob, context)) {
            byte[] exported = exportKey.wrap(dataKey);
            call.audit().sizes(blob.bytes().length, exported.length);
            return new Response(key.keyId().value(), key.versionId().toString(), CryptoParameters.base64(exported));
        }
    }
}
