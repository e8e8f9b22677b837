package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.GoldenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierKeyTest {

    private static final String PUBLISHED = GoldenFile.text("checkpoint.vkey").strip();

    @Test
    void a_key_has_the_published_text() {
        assertThat(SampleKeys.KEY.text()).isEqualTo(PUBLISHED);
        assertThat(SampleKeys.KEY.id()).isEqualTo(0xdaebbdf2);
        assertThat(VerifierKey.parse(PUBLISHED)).isEqualTo(SampleKeys.KEY).hasSameHashCodeAs(SampleKeys.KEY);
        assertThat(VerifierKey.parse(PUBLISHED).publicKey()).isEqualTo(SampleKeys.PUBLIC);
    }

    @Test
    void every_change_of_one_character_is_refused_or_another_name() {
        for (int i = SampleKeys.ORIGIN.length(); i < PUBLISHED.length(); i++) {
            char other = PUBLISHED.charAt(i) == '1' ? '2' : '1';
            String changed = PUBLISHED.substring(0, i) + other + PUBLISHED.substring(i + 1);
            assertThatThrownBy(() -> VerifierKey.parse(changed))
                    .as(changed)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        // The id covers the name.
        assertThatThrownBy(() -> VerifierKey.parse("x" + PUBLISHED)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name",
                "name+daebbdf2",
                "+daebbdf2+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
                "log.keyledger.example+DAEBBDF2+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
                "log.keyledger.example+daebbdf2+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\n",
                "log.keyledger.example+daebbdf2+AQ==",
                // A witness's key is of type 4 and signs something else than the note.
                "witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM",
            })
    void other_texts_are_refused(String text) {
        assertThatThrownBy(() -> VerifierKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\u3000", "a\tb", "a\nb", "\u0085", "\ud800"})
    void a_name_has_no_white_space_and_no_plus(String name) {
        assertThatThrownBy(() -> VerifierKey.of(name, SampleKeys.PUBLIC)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NoteSignature(name, 1, new byte[64])).isInstanceOf(IllegalArgumentException.class);
    }
}
