package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import org.springframework.stereotype.Component;

/** DescribeKey: everything a key says about itself, as of this instant. */
@Component
final class DescribeKeyOperation implements Operation {

    private final KeyReferences references;
    private final StoreIdentity identity;

    DescribeKeyOperation(KeyReferences references, StoreIdentity identity) {
        this.references = references;
        this.identity = identity;
    }

    @Override
    public String name() {
        return "DescribeKey";
    }

    @Override
    public Object execute(Call call) {
        return KeyMetadata.described(references.find(call, references.any(call.parameters(), "KeyId")), identity);
    }
}
