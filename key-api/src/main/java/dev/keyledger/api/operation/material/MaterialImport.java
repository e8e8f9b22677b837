package dev.keyledger.api.operation.material;

import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.adapter.ledger.StreamTurn;
import dev.keyledger.api.adapter.ledger.SystemCommandBus;
import dev.keyledger.api.config.LedgerConfiguration.SystemCommands;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReference.Kind;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.cmk.KeyCommand.ExhaustImportToken;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyLifecycle;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.ImportTokens;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * One try to import. The order of its checks is that of a caller's mistakes: the key, its origin and state, the token's time, the token's key,
 * and at last the material, where every failure looks the same and has cost the token one of its few failures beforehand.
 */
@Component
class MaterialImport {

    private final KeyReferences references;
    private final ImportTokens tokens;
    private final LedgerTransaction ledger;
    private final SystemCommandBus system;
    private final boolean allowPkcs1v15;

    MaterialImport(
            KeyReferences references,
            ImportTokens tokens,
            LedgerTransaction ledger,
            SystemCommands system,
            Settings settings) {
        this.references = references;
        this.tokens = tokens;
        this.ledger = ledger;
        this.system = system.bus();
        this.allowPkcs1v15 = settings.allowPkcs1v15();
    }

    /** Imports, or refuses. Without a reference the token's key is meant. */
    void run(
            Call call,
            Optional<KeyReference> reference,
            String importToken,
            byte[] encrypted,
            @Nullable Instant expiresAt) {
        reference.ifPresent(named -> requireImportable(references.find(call, named)));
        try (OpenedImportToken token = tokens.open(importToken)) {
            if (reference.isEmpty()) {
                requireImportable(references.find(
                        call, new KeyReference(Kind.KEY, token.keyId().value())));
            }
            requireMatch(token, call.audit().keyIds().get(0));
            call.audit().sizes(encrypted.length, 0);
            attempt(call, token, encrypted, expiresAt);
        }
    }

    /**
     * Waits for the key's turn before it counts a failure in advance: whoever is sent away while waiting has not failed, and of many who
     * import at once only one holds a failure that it will give back.
     */
    private void attempt(Call call, OpenedImportToken token, byte[] encrypted, @Nullable Instant expiresAt) {
        List<String> stream = List.of(token.keyId().value());
        try (StreamTurn turn = ledger.awaitTurn(call.audit(), stream)) {
            try (UnwrappedMaterial material = tokens.unwrap(token, encrypted)) {
                call.audit().weakMaterial(material.weakness());
                decide(call, turn, token, material, expiresAt);
            }
        }
    }

    private static void requireImportable(KeySummary key) {
        KeyLifecycle.refusalOf(KeyOperation.IMPORT_KEY_MATERIAL, key.origin(), key.state())
                .ifPresent(code -> {
                    throw Refusal.of(code);
                });
    }

    private void requireMatch(OpenedImportToken token, KeyId keyId) {
        if (!token.keyId().equals(keyId)) {
            throw Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN).because("the token was issued for another key");
        }
        if (token.algorithm() == WrappingAlgorithm.RSAES_PKCS1_V1_5 && !allowPkcs1v15) {
            throw Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN).because("RSAES_PKCS1_V1_5 is switched off");
        }
    }

    private void decide(
            Call call,
            StreamTurn turn,
            OpenedImportToken token,
            UnwrappedMaterial material,
            @Nullable Instant expiresAt) {
        try {
            ledger.<@Nullable Object>execute(call.audit(), turn, commands -> {
                commands.send(new ImportKeyMaterial(token.keyId(), token.tokenId(), material, expiresAt));
                // In the import's own transaction, so that the failure is given back exactly if the import holds.
                tokens.succeeded(token.tokenId());
                return null;
            });
        } catch (Refusal refused) {
            boolean exhausted = tokens.failed(token.tokenId());
            // The note is a change of the key too, and takes its own turn.
            turn.close();
            if (exhausted) {
                noteExhaustion(token.keyId(), token.tokenId());
            }
            throw refused;
        }
    }

    private void noteExhaustion(KeyId keyId, ImportTokenId tokenId) {
        try {
            var unused = system.execute(new ExhaustImportToken(keyId, tokenId));
        } catch (Refusal alreadyRecorded) {
            // The key went away meanwhile and its tokens with it; the bus has recorded the refusal, and the caller is
            // owed the answer to the import.
            return;
        }
    }
}
