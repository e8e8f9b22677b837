package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.refusal.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CreatingKeysTest {

    private final CmkFixture fixture = new CmkFixture();

    @Test
    void a_key_of_our_own_is_created_with_generated_material_and_its_first_version() {
        fixture.givenNothing()
                .when(create(Origin.ALIYUN_KMS, Map.of()))
                .events(created(Origin.ALIYUN_KMS, KeyPorts.firstDrawnVersion()));
        assertThat(fixture.calls()).containsExactly("generate " + KeyPorts.firstDrawnVersion());
    }

    @Test
    void an_external_key_is_created_without_material_and_without_a_version() {
        fixture.givenNothing().when(create(Origin.EXTERNAL, Map.of())).events(created(Origin.EXTERNAL, null));
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void tags_given_at_creation_are_a_fact_of_their_own() {
        Map<String, String> tags = Map.of("team", "payments");
        fixture.givenNothing()
                .when(create(Origin.EXTERNAL, tags))
                .events(created(Origin.EXTERNAL, null), new KeyTagsChanged(KEY, tags, List.of(), NOW));
    }

    @Test
    void a_key_can_be_created_with_twenty_tags() {
        fixture.givenNothing().when(create(Origin.EXTERNAL, tags(20))).succeeded();
    }

    @Test
    void a_key_cannot_be_created_with_more() {
        fixture.givenNothing().when(create(Origin.ALIYUN_KMS, tags(21))).refused(ErrorCode.LIMIT_EXCEEDED);
        assertThat(fixture.calls()).isEmpty();
    }

    private static Map<String, String> tags(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "tag" + i, i -> "value"));
    }

    private static CreateKey create(Origin origin, Map<String, String> tags) {
        return new CreateKey(
                KEY,
                origin,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "a key",
                "1234567890123456",
                tags);
    }

    private static KeyCreated created(Origin origin, @Nullable KeyVersionId version) {
        return new KeyCreated(
                KEY,
                origin,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "a key",
                "1234567890123456",
                version,
                NOW);
    }
}
