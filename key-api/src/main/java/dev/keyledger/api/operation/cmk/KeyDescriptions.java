package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.protocol.ResponseEncoder;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.projection.keystate.KeySummary;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Keys as DescribeKey shows them, for others who show keys. */
@Component
public class KeyDescriptions {

    private final ResponseEncoder encoder;
    private final StoreIdentity identity;

    KeyDescriptions(ResponseEncoder encoder, StoreIdentity identity) {
        this.encoder = encoder;
        this.identity = identity;
    }

    /** The members of DescribeKey's {@code KeyMetadata}. */
    public Map<String, Object> of(KeySummary key) {
        return encoder.members(KeyMetadata.described(key, identity).keyMetadata());
    }
}
