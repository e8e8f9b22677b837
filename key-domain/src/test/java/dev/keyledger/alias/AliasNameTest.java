package dev.keyledger.alias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AliasNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"alias/a", "alias/A-z_0/9", "alias//", "alias/ac", "alias/ACS", "alias/my-acs"})
    void names_an_alias_may_have(String text) {
        assertThat(AliasName.isAliasName(text)).isTrue();
        assertThat(new AliasName(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alias/",
                "a",
                "Alias/a",
                "alias/a b",
                "alias/é",
                "alias/a.b",
                "alias/acs",
                "alias/acs/kms",
                "xalias/a",
                "alias/a\n"
            })
    void names_an_alias_may_not_have(String text) {
        assertThat(AliasName.isAliasName(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new AliasName(text));
    }

    @Test
    void a_name_has_at_most_255_characters_after_its_prefix() {
        assertThat(AliasName.isAliasName("alias/" + "x".repeat(255))).isTrue();
        assertThat(AliasName.isAliasName("alias/" + "x".repeat(256))).isFalse();
    }

    @Test
    void no_alias_can_be_taken_for_a_key() {
        assertThat(AliasName.isAliasName("1339cb7d-54d3-47e0-b595-c7d3dba82b6f"))
                .isFalse();
    }
}
