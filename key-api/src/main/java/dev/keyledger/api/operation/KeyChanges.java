package dev.keyledger.api.operation;

import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** One command to one key, in one ledger transaction: what most changing operations come to. */
@Component
public class KeyChanges {

    private final KeyReferences references;
    private final LedgerTransaction ledger;

    KeyChanges(KeyReferences references, LedgerTransaction ledger) {
        this.references = references;
        this.ledger = ledger;
    }

    /** Asks for permission, sends the command and commits it with its audit record. */
    public Acknowledged apply(Call call, KeyReference reference, Function<KeyId, ? extends KeyCommand> command) {
        var unused = send(call, command.apply(references.resolve(call, reference)));
        return new Acknowledged();
    }

    /** Sends a command whose key is resolved already and answers what its handler returned. */
    public @Nullable Object send(Call call, KeyCommand command) {
        List<String> streams = command instanceof KeyCommand.CreateKey
                ? List.of()
                : List.of(command.keyId().value());
        return ledger.<@Nullable Object>execute(call.audit(), streams, commands -> commands.send(command));
    }
}
