package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BindingTagTest {

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/binding-tag-v1.json");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void has_the_published_value(Vector vector) {
        assertThat(BindingTag.of(vector.secret("bindingSecret"), vector.keyId(), vector.secret("material")))
                .isEqualTo(new MaterialTag(vector.text("materialTag")));
    }

    @Test
    void secret_key_and_material_each_change_it() {
        KeyId keyId = new KeyId("0b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
        KeyId otherKeyId = new KeyId("1b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
        SecretBytes secret = SecretBytes.takeFrom(new byte[32]);
        SecretBytes other = SecretBytes.takeFrom(new byte[] {
            1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        });
        MaterialTag tag = BindingTag.of(secret, keyId, secret);

        assertThat(BindingTag.of(secret, keyId, secret).sameAs(tag)).isTrue();
        assertThat(BindingTag.of(other, keyId, secret).sameAs(tag)).isFalse();
        assertThat(BindingTag.of(secret, otherKeyId, secret).sameAs(tag)).isFalse();
        assertThat(BindingTag.of(secret, keyId, other).sameAs(tag)).isFalse();
    }
}
