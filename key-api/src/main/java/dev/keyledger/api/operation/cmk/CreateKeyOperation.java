package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.FreeText;
import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.tag.Tags;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.keystate.KeySummary;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** CreateKey: a key of our own material, or one that waits for its owner's. */
@Component
final class CreateKeyOperation implements Operation {

    private final KeyChanges changes;
    private final StoreIdentity identity;

    CreateKeyOperation(KeyChanges changes, StoreIdentity identity) {
        this.changes = changes;
        this.identity = identity;
    }

    @Override
    public String name() {
        return "CreateKey";
    }

    @Override
    public Object execute(Call call) {
        KeyId keyId = KeyId.of(UUID.randomUUID());
        KeyParameters wanted = new KeyParameters(call.parameters());
        CreateKey command = new CreateKey(
                keyId,
                call.parameters().oneOf("Origin", Origin.class, Origin.ALIYUN_KMS),
                wanted.spec(),
                wanted.usage(),
                wanted.protectionLevel(),
                FreeText.orEmpty(call.parameters(), "Description"),
                identity.accountId(),
                Tags.orNone(call.parameters(), "Tags"));
        wanted.readUnsupported();
        call.authorise("*");
        wanted.refuseUnsupported();
        call.audit().keyId(keyId);
        KeyCreated created = (KeyCreated) Objects.requireNonNull(changes.send(call, command));
        return KeyMetadata.created(KeySummary.of(created), identity);
    }
}
