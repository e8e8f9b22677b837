package dev.keyledger.material;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WrappedSecretTest {

    @Test
    void needs_an_iv_of_12_bytes_and_more_than_a_tag() {
        assertThatThrownBy(() -> new WrappedSecret(new byte[11], new byte[17]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WrappedSecret(new byte[16], new byte[17]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WrappedSecret(new byte[12], new byte[16]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new WrappedSecret(new byte[12], new byte[17])).hasToString("WrappedSecret[17 bytes]");
    }

    @Test
    void a_tag_is_compared_by_its_bytes() {
        MaterialTag tag = MaterialTag.of(new byte[32]);
        assertThat(tag.hex()).isEqualTo("0".repeat(64));
        assertThat(tag.sameAs(new MaterialTag("0".repeat(64)))).isTrue();
        assertThat(tag.sameAs(new MaterialTag("0".repeat(63) + "1"))).isFalse();
        assertThatThrownBy(() -> new MaterialTag("0".repeat(63))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MaterialTag("A".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }
}
