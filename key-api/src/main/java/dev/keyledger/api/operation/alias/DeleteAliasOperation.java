package dev.keyledger.api.operation.alias;

import dev.keyledger.alias.AliasCommand.DeleteAlias;
import dev.keyledger.alias.AliasName;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.projection.aliasindex.AliasQueries;
import java.util.List;
import org.springframework.stereotype.Component;

/** DeleteAlias: the name is free again; the key it named is untouched, whatever its state. */
@Component
final class DeleteAliasOperation implements Operation {

    private final AliasQueries aliases;
    private final LedgerTransaction ledger;

    DeleteAliasOperation(AliasQueries aliases, LedgerTransaction ledger) {
        this.aliases = aliases;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "DeleteAlias";
    }

    @Override
    public Object execute(Call call) {
        AliasName name = AliasParameter.read(call.parameters());
        AliasParameter.authorise(call, name);
        aliases.target(name).ifPresent(call.audit()::keyId);
        return ledger.execute(call.audit(), List.of(name.value()), commands -> {
            commands.send(new DeleteAlias(name));
            return new Acknowledged();
        });
    }
}
