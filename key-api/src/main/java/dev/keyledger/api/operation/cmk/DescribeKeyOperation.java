package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.adapter.journal.UseJournal;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.cmk.KeyId;
import org.springframework.stereotype.Component;

/** DescribeKey: everything a key says about itself, as of this instant. */
@Component
final class DescribeKeyOperation implements Operation {

    private final KeyReferences references;
    private final UseJournal journal;
    private final StoreIdentity identity;

    DescribeKeyOperation(KeyReferences references, UseJournal journal, StoreIdentity identity) {
        this.references = references;
        this.journal = journal;
        this.identity = identity;
    }

    @Override
    public String name() {
        return "DescribeKey";
    }

    @Override
    public Object execute(Call call) {
        KeyId keyId = references.resolve(call, references.any(call.parameters(), "KeyId"));
        return KeyMetadata.described(journal.describe(call.audit(), keyId), identity);
    }
}
