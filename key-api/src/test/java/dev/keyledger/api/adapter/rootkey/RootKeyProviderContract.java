package dev.keyledger.api.adapter.rootkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.material.WrappedSecret;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every provider of a root key must do. */
abstract class RootKeyProviderContract {

    private static final byte[] PLACE = "this row".getBytes(StandardCharsets.US_ASCII);

    /** The provider with this root key of 32 bytes. */
    abstract RootKeyProvider provider(byte[] key);

    /** The name under which logs and health know it. */
    abstract String name();

    private RootKeyProvider provider() {
        return provider(filled(32, 1));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static SecretBytes secret(int length) {
        return SecretBytes.takeFrom(filled(length, 9));
    }

    @Test
    void what_it_wrapped_it_unwraps_and_so_does_another_with_the_same_key() {
        for (int length : new int[] {1, 24, 32, 256}) {
            WrappedSecret wrapped = provider().wrap(secret(length), PLACE);
            assertThat(provider().unwrap(wrapped, PLACE).sameAs(secret(length))).isTrue();
        }
    }

    @Test
    void another_root_key_does_not_unwrap() {
        WrappedSecret wrapped = provider().wrap(secret(32), PLACE);
        RootKeyProvider other = provider(filled(32, 2));
        assertThatThrownBy(() -> other.unwrap(wrapped, PLACE)).isInstanceOf(SecretUnwrapException.class);
    }

    @Test
    void another_place_and_changed_bytes_do_not_unwrap() {
        RootKeyProvider provider = provider();
        WrappedSecret wrapped = provider.wrap(secret(32), PLACE);
        assertThatThrownBy(() -> provider.unwrap(wrapped, new byte[0])).isInstanceOf(SecretUnwrapException.class);

        for (int i = 0; i < wrapped.wrapped().length; i++) {
            byte[] changed = wrapped.wrapped();
            changed[i] ^= 1;
            WrappedSecret altered = new WrappedSecret(wrapped.iv(), changed);
            assertThatThrownBy(() -> provider.unwrap(altered, PLACE)).isInstanceOf(SecretUnwrapException.class);
        }
        byte[] otherIv = wrapped.iv();
        otherIv[0] ^= 1;
        assertThatThrownBy(() -> provider.unwrap(new WrappedSecret(otherIv, wrapped.wrapped()), PLACE))
                .isInstanceOf(SecretUnwrapException.class);
    }

    @Test
    void every_wrapping_has_a_fresh_iv() {
        RootKeyProvider provider = provider();
        Set<String> ivs = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            ivs.add(HexFormat.of().formatHex(provider.wrap(secret(1), PLACE).iv()));
        }
        assertThat(ivs).hasSize(500);
    }

    @Test
    void it_wraps_1_to_256_bytes() {
        RootKeyProvider provider = provider();
        for (int length : new int[] {0, 257}) {
            assertThatThrownBy(() -> provider.wrap(secret(length), PLACE)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void it_has_a_name_a_generation_and_no_secret_text() {
        RootKeyProvider provider = provider();
        assertThat(provider.name()).isEqualTo(name());
        assertThat(provider.generation()).isEqualTo(1);
        assertThat(provider).hasToString("RootKey[" + name() + "]");
    }
}
