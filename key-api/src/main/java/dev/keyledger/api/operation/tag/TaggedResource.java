package dev.keyledger.api.operation.tag;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.List;
import org.springframework.stereotype.Component;

/** The resource that TagResource and UntagResource name: exactly one of key, secret and certificate, of which only keys exist here. */
@Component
final class TaggedResource {

    private final KeyReferences references;

    TaggedResource(KeyReferences references) {
        this.references = references;
    }

    KeyReference read(Parameters parameters) {
        for (String other : List.of("SecretName", "CertificateId")) {
            if (parameters.optional(other).isPresent()) {
                if (parameters.optional("KeyId").isPresent()) {
                    throw Parameters.invalid(other);
                }
                throw Refusal.of(ErrorCode.UNSUPPORTED_OPERATION);
            }
        }
        return references.any(parameters, "KeyId");
    }
}
