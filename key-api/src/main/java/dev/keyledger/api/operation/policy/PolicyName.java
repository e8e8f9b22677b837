package dev.keyledger.api.operation.policy;

import dev.keyledger.api.protocol.Parameters;

/** {@code PolicyName}: the protocol knows one name. */
final class PolicyName {

    private static final String NAME = "PolicyName";

    private PolicyName() {}

    static void check(Parameters parameters) {
        if (parameters.optional(NAME).filter(name -> !name.equals("default")).isPresent()) {
            throw Parameters.invalid(NAME);
        }
    }
}
