package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.RotationInterval;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.ProtectionLevel;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Optional;
import java.util.Set;

/**
 * What CreateKey is asked for, told apart in three: what a key here can be, what the protocol knows and this service does not offer, and what
 * nobody knows. The second is refused only after permission, so the refusal is kept until then.
 */
final class KeyParameters {

    private static final Set<String> OTHER_SPECS = Set.of(
            "Aliyun_AES_128", "Aliyun_AES_192", "Aliyun_SM4", "RSA_2048", "RSA_3072", "EC_P256", "EC_P256K", "EC_SM2");

    private final Parameters parameters;
    private Optional<ErrorCode> unsupported = Optional.empty();

    KeyParameters(Parameters parameters) {
        this.parameters = parameters;
    }

    KeySpec spec() {
        return offered("KeySpec", KeySpec.ALIYUN_AES_256, OTHER_SPECS, ErrorCode.UNSUPPORTED_OPERATION);
    }

    KeyUsage usage() {
        return offered("KeyUsage", KeyUsage.ENCRYPT_DECRYPT, Set.of("SIGN/VERIFY"), ErrorCode.UNSUPPORTED_OPERATION);
    }

    ProtectionLevel protectionLevel() {
        return offered(
                "ProtectionLevel", ProtectionLevel.SOFTWARE, Set.of("HSM"), ErrorCode.UNSUPPORTED_PROTECTION_LEVEL);
    }

    /** Reads what this service never does: rotation, dedicated instances and their policies. */
    void readUnsupported() {
        if (parameters.booleanOr("EnableAutomaticRotation", false)) {
            RotationInterval.check(parameters);
            refuseLater(ErrorCode.UNSUPPORTED_OPERATION);
        }
        if (parameters.optional("DKMSInstanceId").isPresent()) {
            refuseLater(ErrorCode.UNSUPPORTED_OPERATION);
        }
        if (parameters.optional("Policy").isPresent()) {
            refuseLater(ErrorCode.KEY_POLICY_UNSUPPORTED);
        }
    }

    /** Refuses if anything was asked for that the protocol knows and this service does not offer. */
    void refuseUnsupported() {
        unsupported.ifPresent(code -> {
            throw Refusal.of(code);
        });
    }

    private <E extends Enum<E>> E offered(String name, E only, Set<String> others, ErrorCode refusal) {
        if (parameters.optional(name).filter(others::contains).isPresent()) {
            refuseLater(refusal);
            return only;
        }
        return parameters.oneOf(name, only.getDeclaringClass(), only);
    }

    private void refuseLater(ErrorCode code) {
        if (unsupported.isEmpty()) {
            unsupported = Optional.of(code);
        }
    }
}
