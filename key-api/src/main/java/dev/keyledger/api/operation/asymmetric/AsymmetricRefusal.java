package dev.keyledger.api.operation.asymmetric;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.operation.VersionReference;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Arrays;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * How every operation on asymmetric keys ends: missing and malformed parameters and unknown keys are refused for what they are, then the
 * operation is, because every key here is symmetric. State comes after the kind of a key, so it is never told.
 */
@Component
final class AsymmetricRefusal {

    /** Algorithms of the protocol that sign. */
    static final Set<String> SIGNING = Set.of("RSA_PSS_SHA_256", "RSA_PKCS1_SHA_256", "ECDSA_SHA_256", "SM2DSA");

    /** Algorithms of the protocol that encrypt. */
    static final Set<String> ENCRYPTION = Set.of("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "SM2PKE");

    /** Longest binary parameter, in bytes: the longest SM2 ciphertext. */
    private static final int MAX_BYTES = 6144;

    private final KeyReferences references;

    AsymmetricRefusal(KeyReferences references) {
        this.references = references;
    }

    /** Checks {@code KeyId} and {@code KeyVersionId} and refuses. */
    Refusal of(Call call) {
        return refuse(call, key(call.parameters()));
    }

    /** Checks {@code KeyId}, {@code KeyVersionId}, {@code Algorithm} and the named Base64 parameters and refuses. */
    Refusal of(Call call, Set<String> algorithms, String... binary) {
        KeyReference reference = key(call.parameters());
        if (!algorithms.contains(call.parameters().required("Algorithm"))) {
            throw Parameters.invalid("Algorithm");
        }
        for (String name : binary) {
            Arrays.fill(call.parameters().requiredBase64(name, MAX_BYTES), (byte) 0);
        }
        return refuse(call, reference);
    }

    private KeyReference key(Parameters parameters) {
        KeyReference reference = references.any(parameters, "KeyId");
        var unused = VersionReference.read(parameters, "KeyVersionId");
        return reference;
    }

    private Refusal refuse(Call call, KeyReference reference) {
        var unused = references.find(call, reference);
        return Refusal.of(ErrorCode.REJECTED_UNSUPPORTED_OPERATION);
    }
}
