package dev.keyledger.api.operation.alias;

import dev.keyledger.alias.AliasName;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Parameters;

/** {@code AliasName}: the alias an operation makes, moves or removes, as opposed to an alias that merely names a key. */
final class AliasParameter {

    private static final String NAME = "AliasName";

    private AliasParameter() {}

    static AliasName read(Parameters parameters) {
        String text = parameters.required(NAME);
        if (!AliasName.isAliasName(text)) {
            throw Parameters.invalid(NAME);
        }
        return new AliasName(text);
    }

    /** Notes the alias in the audit draft and asks for permission on it. */
    static void authorise(Call call, AliasName name) {
        call.audit().aliasUsed(name.value());
        call.authorise(name.value());
    }
}
