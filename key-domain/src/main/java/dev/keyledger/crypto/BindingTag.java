package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import java.security.InvalidKeyException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Computes the tag by which a key recognises its material (ADR 0005). */
public final class BindingTag {

    /** Length of a binding secret in bytes. */
    public static final int SECRET_BYTES = 32;

    private BindingTag() {}

    /**
     * {@code HMAC-SHA-256(binding secret, "kms/bind/v1" ‖ u32 length ‖ key id ‖ u32 length ‖ material)}.
     *
     * @param bindingSecret 32 random bytes that belong to this key alone
     */
    public static MaterialTag of(SecretBytes bindingSecret, KeyId keyId, SecretBytes material) {
        byte[] prefix = ByteLayout.labelled("kms/bind/v1")
                .prefixed(keyId.value())
                .u32(material.length())
                .bytes();
        return bindingSecret.use(secret -> material.use(bytes -> {
            try {
                Mac mac = Jca.hmacSha256();
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                mac.update(prefix);
                return MaterialTag.of(mac.doFinal(bytes));
            } catch (InvalidKeyException impossible) {
                throw Jca.unusable(impossible);
            }
        }));
    }
}
