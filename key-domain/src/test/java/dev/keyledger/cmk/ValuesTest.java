package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.importing.ImportParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static final String UUID_TEXT = "1339cb7d-54d3-47e0-b595-c7d3dba82b6f";

    @Test
    void a_key_id_is_its_text_everywhere() {
        KeyId id = new KeyId(UUID_TEXT);
        assertThat(id).hasToString(UUID_TEXT);
        assertThat(id.asUuid()).isEqualTo(UUID.fromString(UUID_TEXT));
        assertThat(KeyId.of(UUID.fromString(UUID_TEXT))).isEqualTo(id);
        assertThat(KeyId.isKeyId(UUID_TEXT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1339CB7D-54D3-47E0-B595-C7D3DBA82B6F",
                "1339cb7d54d347e0b595c7d3dba82b6f",
                "1339cb7d-54d3-47e0-b595-c7d3dba82b6",
                "1339cb7d-54d3-47e0-b595-c7d3dba82b6f0",
                "1339cb7d-54d3-47e0-b595-c7d3dba82b6g",
                "alias/payments"
            })
    void other_texts_are_no_key_ids(String text) {
        assertThat(KeyId.isKeyId(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyId(text));
    }

    @Test
    void a_version_id_is_its_text_everywhere() {
        assertThat(KeyVersionId.of(UUID_TEXT)).hasToString(UUID_TEXT);
    }

    static Stream<Arguments> wireNames() {
        return Stream.of(
                named(KeyState::ofWireName, KeyState.PENDING_IMPORT, "PendingImport"),
                named(KeyState::ofWireName, KeyState.ENABLED, "Enabled"),
                named(KeyState::ofWireName, KeyState.DISABLED, "Disabled"),
                named(KeyState::ofWireName, KeyState.PENDING_DELETION, "PendingDeletion"),
                named(Origin::ofWireName, Origin.ALIYUN_KMS, "Aliyun_KMS"),
                named(Origin::ofWireName, Origin.EXTERNAL, "EXTERNAL"),
                named(KeySpec::ofWireName, KeySpec.ALIYUN_AES_256, "Aliyun_AES_256"),
                named(KeyUsage::ofWireName, KeyUsage.ENCRYPT_DECRYPT, "ENCRYPT/DECRYPT"),
                named(ProtectionLevel::ofWireName, ProtectionLevel.SOFTWARE, "SOFTWARE"));
    }

    private static <E extends Enum<E>> Arguments named(Function<String, E> find, E constant, String wireName) {
        return Arguments.of(find, constant, wireName);
    }

    @ParameterizedTest(name = "{1} is {2}")
    @MethodSource("wireNames")
    void constants_are_spelled_and_found_as_in_the_protocol(
            Function<String, Enum<?>> find, Enum<?> constant, String wireName) {
        assertThat(constant).hasToString(wireName);
        assertThat(find.apply(wireName)).isEqualTo(constant);
        assertThatIllegalArgumentException().isThrownBy(() -> find.apply("other"));
    }

    @Test
    void an_event_keeps_its_own_copy_of_what_it_was_given() {
        Map<String, String> set = new HashMap<>(Map.of("a", "1"));
        List<String> removed = new ArrayList<>(List.of("b"));
        KeyTagsChanged event = new KeyTagsChanged(KeyEvents.KEY, set, removed, KeyEvents.NOW);
        set.clear();
        removed.clear();
        assertThat(event.set()).isEqualTo(Map.of("a", "1"));
        assertThat(event.removed()).isEqualTo(List.of("b"));
    }

    @Test
    void import_parameters_do_not_print_their_token() {
        assertThat(new ImportParameters(KeyEvents.TOKEN, "sealed", "public", KeyEvents.NOW))
                .hasToString("ImportParameters[" + KeyEvents.TOKEN + "]");
    }
}
