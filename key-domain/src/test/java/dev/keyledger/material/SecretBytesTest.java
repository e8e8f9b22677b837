package dev.keyledger.material;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecretBytesTest {

    @Test
    void a_copy_leaves_the_source_alone() {
        byte[] source = {1, 2, 3};
        SecretBytes secret = SecretBytes.copyOf(source);
        source[0] = 9;
        assertThat(secret.<byte[]>use(byte[]::clone)).containsExactly(1, 2, 3);
    }

    @Test
    void taking_wipes_the_source() {
        byte[] source = {1, 2, 3};
        SecretBytes secret = SecretBytes.takeFrom(source);
        assertThat(source).containsOnly(0);
        assertThat(secret.<byte[]>use(byte[]::clone)).containsExactly(1, 2, 3);
    }

    @Test
    void closing_wipes_and_forbids_use() {
        SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});
        byte[] lent = secret.use(bytes -> bytes);
        secret.close();
        secret.close();
        assertThat(lent).containsOnly(0);
        assertThatThrownBy(() -> secret.use(bytes -> bytes.length)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void comparison_is_by_content() {
        SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});
        assertThat(secret.sameAs(SecretBytes.copyOf(new byte[] {1, 2, 3}))).isTrue();
        assertThat(secret.sameAs(SecretBytes.copyOf(new byte[] {1, 2, 4}))).isFalse();
        assertThat(secret.sameAs(SecretBytes.copyOf(new byte[] {1, 2}))).isFalse();
    }

    @Test
    void its_text_shows_the_length_alone() {
        SecretBytes secret = SecretBytes.takeFrom("hunter2".getBytes(StandardCharsets.US_ASCII));
        assertThat(secret).hasToString("SecretBytes[7 bytes]");
    }
}
