package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionContextTest {

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/encryption-context.json");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void has_the_published_canonical_bytes(Vector vector) {
        assertThat(vector.encryptionContext().canonical()).isEqualTo(vector.hex("canonical"));
    }

    @Test
    void every_order_of_the_same_pairs_gives_the_same_bytes() {
        Random seeded = new Random(20_180_403);
        for (int run = 0; run < 300; run++) {
            Map<String, String> pairs = randomPairs(seeded);
            List<Map.Entry<String, String>> shuffled = new ArrayList<>(pairs.entrySet());
            Collections.shuffle(shuffled, seeded);
            Map<String, String> reordered = new LinkedHashMap<>();
            shuffled.forEach(entry -> reordered.put(entry.getKey(), entry.getValue()));

            assertThat(new EncryptionContext(reordered).canonical())
                    .isEqualTo(new EncryptionContext(pairs).canonical());
        }
    }

    @Test
    void different_pairs_give_different_bytes() {
        Random seeded = new Random(20_160_120);
        Set<Map<String, String>> maps = new HashSet<>();
        Set<String> encodings = new HashSet<>();
        for (int run = 0; run < 3_000; run++) {
            Map<String, String> pairs = randomPairs(seeded);
            maps.add(pairs);
            encodings.add(HexFormat.of().formatHex(new EncryptionContext(pairs).canonical()));
        }
        assertThat(encodings).hasSameSizeAs(maps);
    }

    /** Few short texts over few characters, so that concatenations of different pairs often read the same. */
    private static Map<String, String> randomPairs(Random seeded) {
        List<String> alphabet =
                List.of("", "a", "b", "ab", "\u00e9", "e\u0301", "\uff5e", "\ud800\udf48", "\u0000", "aa");
        Map<String, String> pairs = new HashMap<>();
        int count = seeded.nextInt(5);
        for (int i = 0; i < count; i++) {
            pairs.put(
                    alphabet.get(seeded.nextInt(alphabet.size())) + alphabet.get(seeded.nextInt(alphabet.size())),
                    alphabet.get(seeded.nextInt(alphabet.size())));
        }
        return pairs;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udf48", "\udf48\ud800"})
    void half_a_surrogate_pair_is_refused(String text) {
        for (Map<String, String> pairs : List.of(Map.of(text, "value"), Map.of("name", text))) {
            assertThatThrownBy(() -> new EncryptionContext(pairs))
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
        }
    }

    @Test
    void no_pairs_are_the_empty_context() {
        assertThat(new EncryptionContext(Map.of())).isEqualTo(EncryptionContext.EMPTY);
        assertThat(EncryptionContext.EMPTY.canonical()).containsExactly(0, 0, 0, 0);
    }
}
