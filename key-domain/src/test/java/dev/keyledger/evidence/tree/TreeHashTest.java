package dev.keyledger.evidence.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeHashTest {

    private static final String BASE_64 = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    @Test
    void a_hash_is_equal_by_its_bytes_and_gives_out_copies() {
        TreeHash hash = TreeHash.ofBase64(BASE_64);
        hash.bytes()[0] ^= 1;

        assertThat(hash).isEqualTo(TreeHash.of(hash.bytes())).hasSameHashCodeAs(TreeHash.ofHex(hash.hex()));
        assertThat(hash.base64()).isEqualTo(BASE_64);
        assertThat(hash).hasToString(hash.hex()).isNotEqualTo(TreeHash.EMPTY_TREE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AAAA",
                "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I",
                "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=",
                "CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=",
                "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            })
    void one_spelling_of_base_64_is_read(String text) {
        assertThatThrownBy(() -> TreeHash.ofBase64(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_hash_has_32_bytes() {
        assertThatThrownBy(() -> TreeHash.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TreeHash.of(new byte[33])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TreeHash.at(new byte[64], 33)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> TreeHash.at(new byte[64], -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
