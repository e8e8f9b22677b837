package dev.keyledger.api.operation;

import dev.keyledger.alias.AliasName;
import dev.keyledger.api.operation.KeyReference.Kind;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.aliasindex.AliasQueries;
import dev.keyledger.projection.keystate.KeyStateQueries;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/**
 * From the parameter that names a key to the key. Reading a reference checks the parameter and looks nothing up; resolving it asks for
 * permission first and reveals only then whether anything is there.
 *
 * <p>A text that is no id of ours is refused as {@code Forbidden.KeyNotFound} and not as a malformed parameter: the vendor's ids have had
 * several forms, and a client that still holds one of them (Terraform's state, for example) must read "gone".
 *
 * @see <a href="https://www.alibabacloud.com/help/doc-detail/28952.htm">DescribeKey</a> for the three forms
 */
@Component
public class KeyReferences {

    /** Longest reference read, in characters; the longest ARN of an alias is shorter. */
    static final int MAX_CHARACTERS = 512;

    private static final String ARN = "acs:kms:";

    private final StoreIdentity identity;
    private final AliasQueries aliases;
    private final KeyStateQueries keys;

    KeyReferences(StoreIdentity identity, AliasQueries aliases, KeyStateQueries keys) {
        this.identity = identity;
        this.aliases = aliases;
        this.keys = keys;
    }

    /**
     * A parameter that takes a key id alone.
     *
     * @throws Refusal {@code UNSUPPORTED_ALIAS} for an alias
     */
    public KeyReference id(Parameters parameters, String name) {
        KeyReference reference = withoutAlias(any(parameters, name));
        // An ARN is no id, so no key has it.
        return parameters.required(name).startsWith(ARN)
                ? new KeyReference(Kind.FOREIGN_KEY, parameters.required(name))
                : reference;
    }

    /**
     * A parameter that takes a key id or a key ARN.
     *
     * @throws Refusal {@code UNSUPPORTED_ALIAS} for an alias
     */
    public KeyReference idOrArn(Parameters parameters, String name) {
        return withoutAlias(any(parameters, name));
    }

    /** A parameter that takes a key id, an alias name, or the ARN of either. */
    public KeyReference any(Parameters parameters, String name) {
        return parse(bounded(parameters, name));
    }

    /** A parameter that takes the ARN of a key and nothing else. */
    public KeyReference arn(Parameters parameters, String name) {
        String text = bounded(parameters, name);
        if (!text.startsWith(ARN) || !text.contains(":key/")) {
            throw Parameters.invalid(name);
        }
        return parse(text);
    }

    /**
     * The key that is meant, which need not exist unless an alias names it. Asks for permission and notes key and alias in the audit draft.
     *
     * @throws Refusal {@code NO_PERMISSION}, {@code ALIAS_NOT_FOUND}, or {@code KEY_NOT_FOUND} for a text that no key can have
     */
    public KeyId resolve(Call call, KeyReference reference) {
        if (reference.kind() == Kind.ALIAS) {
            call.audit().aliasUsed(reference.text());
            call.authorise(reference.text());
            return permitted(call, target(reference.text()));
        }
        if (reference.kind() == Kind.KEY && KeyId.isKeyId(reference.text())) {
            return permitted(call, new KeyId(reference.text()));
        }
        call.authorise(reference.text());
        throw Refusal.of(reference.kind() == Kind.FOREIGN_ALIAS ? ErrorCode.ALIAS_NOT_FOUND : ErrorCode.KEY_NOT_FOUND);
    }

    /**
     * As {@link #resolve}, and the key as it is now.
     *
     * @throws Refusal as {@link #resolve}; {@code KEY_NOT_FOUND} if there is no such key
     */
    public KeySummary find(Call call, KeyReference reference) {
        return keys.find(resolve(call, reference)).orElseThrow(() -> Refusal.of(ErrorCode.KEY_NOT_FOUND));
    }

    private static KeyId permitted(Call call, KeyId keyId) {
        call.audit().keyId(keyId);
        call.authorise(keyId.value());
        return keyId;
    }

    private KeyId target(String alias) {
        if (!AliasName.isAliasName(alias)) {
            throw Refusal.of(ErrorCode.ALIAS_NOT_FOUND);
        }
        return aliases.target(new AliasName(alias)).orElseThrow(() -> Refusal.of(ErrorCode.ALIAS_NOT_FOUND));
    }

    private static KeyReference withoutAlias(KeyReference reference) {
        if (reference.kind() == Kind.ALIAS || reference.kind() == Kind.FOREIGN_ALIAS) {
            throw Refusal.of(ErrorCode.UNSUPPORTED_ALIAS);
        }
        return reference;
    }

    private KeyReference parse(String text) {
        if (!text.startsWith(ARN)) {
            return new KeyReference(text.startsWith(AliasName.PREFIX) ? Kind.ALIAS : Kind.KEY, text);
        }
        String ours = identity.keyArn("");
        if (text.startsWith(ours)) {
            return new KeyReference(Kind.KEY, text.substring(ours.length()));
        }
        String alias = identity.aliasArn(AliasName.PREFIX);
        if (text.startsWith(alias)) {
            return new KeyReference(Kind.ALIAS, text.substring(alias.length() - AliasName.PREFIX.length()));
        }
        return new KeyReference(text.contains(":" + AliasName.PREFIX) ? Kind.FOREIGN_ALIAS : Kind.FOREIGN_KEY, text);
    }

    private static String bounded(Parameters parameters, String name) {
        String text = parameters.required(name);
        if (text.length() > MAX_CHARACTERS) {
            throw Parameters.invalid(name);
        }
        return text;
    }
}
