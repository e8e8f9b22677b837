package dev.keyledger.api.operation.alias;

import dev.keyledger.alias.AliasCommand.UpdateAlias;
import dev.keyledger.alias.AliasName;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.aliasindex.AliasQueries;
import java.util.List;
import org.springframework.stereotype.Component;

/** UpdateAlias: an existing alias names another key from now on. The audit record tells both keys, the new one first. */
@Component
final class UpdateAliasOperation implements Operation {

    private final KeyReferences references;
    private final AliasQueries aliases;
    private final LedgerTransaction ledger;

    UpdateAliasOperation(KeyReferences references, AliasQueries aliases, LedgerTransaction ledger) {
        this.references = references;
        this.aliases = aliases;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "UpdateAlias";
    }

    @Override
    public Object execute(Call call) {
        AliasName name = AliasParameter.read(call.parameters());
        KeyReference reference = references.id(call.parameters(), "KeyId");
        AliasParameter.authorise(call, name);
        KeyId keyId = references.resolve(call, reference);
        aliases.target(name).ifPresent(call.audit()::keyId);
        return ledger.execute(call.audit(), List.of(name.value()), commands -> {
            commands.send(new UpdateAlias(name, keyId));
            return new Acknowledged();
        });
    }
}
