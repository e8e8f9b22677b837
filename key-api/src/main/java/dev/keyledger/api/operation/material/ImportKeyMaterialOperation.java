package dev.keyledger.api.operation.material;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.time.StoreClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** ImportKeyMaterial: the key's own material, for the first time or again. Without {@code KeyId} the token says which key is meant. */
@Component
final class ImportKeyMaterialOperation implements Operation {

    /** Any length up to here is for the decoder to judge, as material and not as a parameter. */
    private static final int MAX_ENCRYPTED = 4096;

    /** 9999-12-31T23:59:59Z, the last instant that has the protocol's form. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private final KeyReferences references;
    private final MaterialImport materialImport;
    private final StoreClock clock;

    ImportKeyMaterialOperation(KeyReferences references, MaterialImport materialImport, StoreClock clock) {
        this.references = references;
        this.materialImport = materialImport;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "ImportKeyMaterial";
    }

    @Override
    public Object execute(Call call) {
        Parameters parameters = call.parameters();
        Optional<KeyReference> reference =
                parameters.optional("KeyId").map(given -> references.id(parameters, "KeyId"));
        byte[] encrypted = parameters.requiredBase64("EncryptedKeyMaterial", MAX_ENCRYPTED);
        String token = parameters.required("ImportToken");
        materialImport.run(call, reference, token, encrypted, expiry(parameters));
        return new Acknowledged();
    }

    /** Seconds since 1970; absent or zero is never. The present second is accepted: "not earlier than the server's time". */
    private @Nullable Instant expiry(Parameters parameters) {
        String name = "KeyMaterialExpireUnix";
        long seconds = parameters.longOr(name, 0, 0, LAST_SECOND);
        if (seconds == 0) {
            return null;
        }
        Instant expiresAt = Instant.ofEpochSecond(seconds);
        if (expiresAt.isBefore(clock.now().truncatedTo(ChronoUnit.SECONDS))) {
            throw Parameters.invalid(name);
        }
        return expiresAt;
    }
}
