package dev.keyledger.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.DeletionLedgerEntry.Cause;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncedDeletionTest {

    private static final String VERSION = "0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31";

    private static AnnouncedDeletion announced(Cause cause, @Nullable String version) {
        return new AnnouncedDeletion(
                "b2a0f3de-6c1a-4f0a-93d8-7f6f2f0a9d10",
                cause,
                "5e7f1c9a-0b1d-4c7e-9f43-2a8d6b1c0e55",
                version,
                Instant.parse("2026-11-25T08:09:10Z"),
                "6a1f4a64-0fd5-4a5e-8c53-2f5f3c8c0b11",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    }

    static Stream<Object[]> golden() {
        return Stream.of(
                new Object[] {"deletion-announced-1-expired.json", announced(Cause.EXPIRED, VERSION)},
                new Object[] {"deletion-announced-1-destroyed.json", announced(Cause.DESTROYED, null)});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void an_announcement_is_written_as_published(String file, AnnouncedDeletion announced) {
        assertThat(new String(announced.canonical(), StandardCharsets.UTF_8))
                .isEqualTo(new String(GoldenFile.read(file), StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void published_bytes_are_read_back(String file, AnnouncedDeletion announced) {
        byte[] line = GoldenFile.read(file);
        assertThat(AnnouncedDeletion.beginsLike(line)).isTrue();
        assertThat(AnnouncedDeletion.parse(line)).isEqualTo(announced);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"cause\":\"lost\"", "\"cause\":\"destroyed\",\"extra\":1", "\"cause\": \"destroyed\""})
    void other_bytes_are_refused(String cause) {
        String other = new String(announced(Cause.DESTROYED, null).canonical(), StandardCharsets.UTF_8)
                .replace("\"cause\":\"destroyed\"", cause);

        assertThatThrownBy(() -> AnnouncedDeletion.parse(other.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void it_is_confirmed_by_an_entry_that_says_the_same_and_its_place() {
        DeletionLedgerEntry entry = announced(Cause.DELETED, VERSION).confirmed(17);

        assertThat(new String(entry.canonical(), StandardCharsets.UTF_8))
                .isEqualTo(new String(GoldenFile.read("deletion-ledger-1-deleted.json"), StandardCharsets.UTF_8));
        assertThat(AnnouncedDeletion.beginsLike(entry.canonical())).isFalse();
    }

    @Test
    void only_a_key_that_never_had_material_has_no_version() {
        assertThatThrownBy(() -> announced(Cause.EXPIRED, null)).isInstanceOf(IllegalArgumentException.class);
    }
}
