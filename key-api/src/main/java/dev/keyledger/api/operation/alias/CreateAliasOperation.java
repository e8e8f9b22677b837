package dev.keyledger.api.operation.alias;

import dev.keyledger.alias.AliasCommand.CreateAlias;
import dev.keyledger.alias.AliasName;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyId;
import java.util.List;
import org.springframework.stereotype.Component;

/** CreateAlias: a second name for a key, unique in this store. */
@Component
final class CreateAliasOperation implements Operation {

    private final KeyReferences references;
    private final LedgerTransaction ledger;

    CreateAliasOperation(KeyReferences references, LedgerTransaction ledger) {
        this.references = references;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "CreateAlias";
    }

    @Override
    public Object execute(Call call) {
        AliasName name = AliasParameter.read(call.parameters());
        KeyReference reference = references.id(call.parameters(), "KeyId");
        AliasParameter.authorise(call, name);
        KeyId keyId = references.resolve(call, reference);
        return ledger.execute(call.audit(), List.of(name.value()), commands -> {
            commands.send(new CreateAlias(name, keyId));
            return new Acknowledged();
        });
    }
}
