package dev.keyledger.projection.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every kind of event has a sentence of its own. */
class WordsTest {

    @Test
    void every_event_is_told_in_a_sentence() {
        KeyHistory key = new KeyHistory(1);
        List<KeyEvent> events = List.of(
                key.created(Origin.EXTERNAL),
                key.described("payroll"),
                key.enabled(),
                key.disabled(),
                key.tagged(Map.of("team", "red"), List.of("old")),
                key.protection(true, "in use"),
                key.issued(),
                key.exhausted(),
                key.imported(KeyHistory.BEGIN),
                key.materialDeleted(),
                key.materialExpired(),
                key.deletionScheduled(KeyHistory.BEGIN),
                key.expiryNear("P7D", KeyHistory.BEGIN),
                key.deletionNear("PT1H", KeyHistory.BEGIN),
                key.deletionCancelled(),
                key.destroyed());

        assertThat(events.stream().map(Object::getClass).collect(Collectors.toSet()))
                .as("the events of this test")
                .containsExactlyInAnyOrder(KeyEvent.class.getPermittedSubclasses());
        assertThat(events.stream().map(Words::of)).doesNotHaveDuplicates().allMatch(text -> text.endsWith("."));
        assertThat(events.stream().map(Words::of))
                .contains(
                        "The description became \"payroll\".",
                        "Tags were set: team=\"red\"; and removed: old.",
                        "Deletion protection was switched on: \"in use\".",
                        "Material was imported and expires at 2026-03-08 06:59:00.123 UTC.",
                        "Notice: the material expires within 7 days, at 2026-03-08 06:59:00.123 UTC.",
                        "Notice: the key is destroyed within 1 hour, after 2026-03-08 06:59:00.123 UTC, unless that is cancelled.");
    }

    @Test
    void a_notice_is_told_in_the_largest_unit_that_fits() {
        KeyHistory key = new KeyHistory(1);

        assertThat(Words.of(key.expiryNear("P1D", KeyHistory.BEGIN))).contains("within 1 day,");
        assertThat(Words.of(key.expiryNear("PT36H", KeyHistory.BEGIN))).contains("within 36 hours,");
        assertThat(Words.of(key.expiryNear("PT90M", KeyHistory.BEGIN))).contains("within 90 minutes,");
    }

    @Test
    void what_is_empty_has_words_of_its_own() {
        KeyHistory key = new KeyHistory(1);

        assertThat(Words.of(key.created(Origin.ALIYUN_KMS)))
                .isEqualTo("The key was created with material made by the service.");
        assertThat(Words.of(key.described(""))).isEqualTo("The description was removed.");
        assertThat(Words.of(key.tagged(Map.of("b", "2", "a", "1"), List.of())))
                .isEqualTo("Tags were set: a=\"1\", b=\"2\".");
        assertThat(Words.of(key.tagged(Map.of(), List.of("b", "a")))).isEqualTo("Tags were removed: a, b.");
        assertThat(Words.of(key.protection(false, ""))).isEqualTo("Deletion protection was switched off.");
        assertThat(Words.of(key.imported(null))).isEqualTo("Material was imported and never expires.");
    }
}
