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

class DeletionLedgerEntryTest {

    private static final String VERSION = "0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31";

    private static DeletionLedgerEntry entry(Cause cause, @Nullable String version) {
        return new DeletionLedgerEntry(
                "b2a0f3de-6c1a-4f0a-93d8-7f6f2f0a9d10",
                17,
                cause,
                "5e7f1c9a-0b1d-4c7e-9f43-2a8d6b1c0e55",
                version,
                Instant.parse("2026-11-25T08:09:10Z"),
                "6a1f4a64-0fd5-4a5e-8c53-2f5f3c8c0b11",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    }

    static Stream<Object[]> golden() {
        return Stream.of(
                new Object[] {"deletion-ledger-1-deleted.json", entry(Cause.DELETED, VERSION)},
                new Object[] {"deletion-ledger-1-expired.json", entry(Cause.EXPIRED, VERSION)},
                new Object[] {"deletion-ledger-1-destroyed.json", entry(Cause.DESTROYED, null)});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void an_entry_is_written_as_published(String file, DeletionLedgerEntry entry) {
        assertThat(new String(entry.canonical(), StandardCharsets.UTF_8))
                .isEqualTo(new String(GoldenFile.read(file), StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void published_bytes_are_read_back(String file, DeletionLedgerEntry entry) {
        assertThat(DeletionLedgerEntry.parse(GoldenFile.read(file))).isEqualTo(entry);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"cause\":\"lost\"", "\"cause\":\"destroyed\",\"extra\":1", "\"cause\": \"destroyed\""})
    void other_bytes_are_refused(String cause) {
        String other = new String(entry(Cause.DESTROYED, null).canonical(), StandardCharsets.UTF_8)
                .replace("\"cause\":\"destroyed\"", cause);

        assertThatThrownBy(() -> DeletionLedgerEntry.parse(other.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void only_a_key_that_never_had_material_has_no_version() {
        assertThatThrownBy(() -> entry(Cause.EXPIRED, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> entry(Cause.DELETED, null)).isInstanceOf(IllegalArgumentException.class);
    }
}
