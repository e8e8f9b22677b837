package dev.keyledger.api.operation.tag;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.keystate.KeyStateQueries;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * The resources that TagResources, UntagResources and ListTagResources name: {@code RegionId} (any value: there is one region here), {@code
 * ResourceType} and {@code ResourceId.N}. Secrets do not exist here, so none of them is found.
 */
@Component
final class TaggedKeys {

    /** The resource type of keys. */
    static final String KEY = "key";

    private static final int MAX = 50;

    private final KeyStateQueries keys;

    TaggedKeys(KeyStateQueries keys) {
        this.keys = keys;
    }

    /** The resource ids, each once, in an order that two requests share so that they cannot wait for each other; at least one. */
    static List<String> required(Parameters parameters) {
        checkType(parameters);
        return sorted(parameters.requiredIndexed("ResourceId", MAX));
    }

    /** As {@link #required}, perhaps none. */
    static List<String> orNone(Parameters parameters) {
        checkType(parameters);
        return sorted(parameters.indexed("ResourceId", MAX));
    }

    /**
     * Asks for permission on each and then looks for them.
     *
     * @throws Refusal {@code RESOURCE_ID_NOT_FOUND} if one is no key of this store
     */
    List<KeyId> find(Call call, List<String> ids) {
        boolean secrets = !call.parameters().required("ResourceType").equals(KEY);
        for (String id : ids) {
            if (!secrets && KeyId.isKeyId(id)) {
                call.audit().keyId(new KeyId(id));
            }
            call.authorise(id);
        }
        return ids.stream().map(id -> existing(id, secrets)).toList();
    }

    /** The keys as the ledger names what it changes. */
    static List<String> streams(List<KeyId> keys) {
        return keys.stream().map(KeyId::value).toList();
    }

    private KeyId existing(String id, boolean secret) {
        if (secret || !KeyId.isKeyId(id) || keys.find(new KeyId(id)).isEmpty()) {
            throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND);
        }
        return new KeyId(id);
    }

    private static void checkType(Parameters parameters) {
        var unused = parameters.required("RegionId");
        String type = parameters.required("ResourceType");
        if (!type.equals(KEY) && !type.equals("secret")) {
            throw Parameters.invalid("ResourceType");
        }
    }

    private static List<String> sorted(List<String> ids) {
        return ids.stream().distinct().sorted(Comparator.naturalOrder()).toList();
    }
}
