package dev.keyledger.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditRecordFormTest {

    private static final String KEY = "5e7f1c9a-0b1d-4c7e-9f43-2a8d6b1c0e55";
    private static final String OTHER_KEY = "c0ffee00-1234-4abc-8def-0123456789ab";
    private static final String VERSION = "0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31";
    private static final Instant TIME = Instant.parse("2026-11-25T08:09:10.120Z");

    /** A change: its events are covered. */
    private static final AuditRecordForm COMMAND = new AuditRecordForm(
            41,
            TIME,
            "host-1/4711",
            "e85db688-a2d3-44ca-9790-4259f59e90d8",
            "bootstrap",
            "LTAIexample",
            "V1-HMAC-SHA1",
            true,
            "127.0.0.1",
            "AlibabaCloud (Linux; amd64) Java/17",
            "CreateAlias",
            List.of(KEY),
            List.of(3L),
            null,
            "alias/orders",
            "Success",
            null,
            null,
            "ticket 17",
            Map.of(),
            Map.of(),
            null,
            null,
            null,
            List.of("6a1f4a64-0fd5-4a5e-8c53-2f5f3c8c0b11"),
            List.of("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            null,
            null,
            null);

    /** A use of two keys, with contexts outside ASCII. */
    private static final AuditRecordForm USE = new AuditRecordForm(
            9_007_199_254_740_991L,
            Instant.parse("2026-11-25T08:09:10Z"),
            "host-1/4711",
            "7f0f1a9e-62b5-4b70-a06c-6e1f6f5a0001",
            "bootstrap",
            "LTAIexample",
            "ACS3-HMAC-SHA256",
            true,
            "2001:db8::1",
            null,
            "ReEncrypt",
            List.of(KEY, OTHER_KEY),
            List.of(12L, 0L),
            VERSION,
            null,
            "Success",
            null,
            null,
            null,
            Map.of("tenant", "\u6797 & S\u00f6hne", "\ud83d\ude00", "a\"b\\c\u0001"),
            Map.of("tenant", ""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            135,
            135,
            List.of(),
            List.of(),
            null,
            null,
            null);

    /** A request of nobody. */
    private static final AuditRecordForm UNAUTHENTICATED = new AuditRecordForm(
            1,
            TIME,
            "host-1/4711",
            "7f0f1a9e-62b5-4b70-a06c-6e1f6f5a0002",
            null,
            "LTAIunknown",
            "none",
            false,
            "192.0.2.7",
            "curl/8.5.0",
            "",
            List.of(),
            List.of(),
            null,
            null,
            "Unauthenticated",
            "InvalidAccessKeyId.NotFound",
            "no such access key",
            null,
            Map.of(),
            Map.of(),
            null,
            null,
            null,
            List.of(),
            List.of(),
            null,
            null,
            null);

    /** An act of the system; every member that the others leave out. */
    private static final AuditRecordForm SYSTEM = new AuditRecordForm(
            7,
            TIME,
            "host-2/1",
            "7f0f1a9e-62b5-4b70-a06c-6e1f6f5a0003",
            "system",
            null,
            "system",
            false,
            null,
            null,
            "ExpireKeyMaterial",
            List.of(KEY),
            List.of(-1L),
            VERSION,
            null,
            "Failed",
            "InternalFailure",
            null,
            null,
            Map.of(),
            Map.of(),
            null,
            0,
            null,
            List.of(),
            List.of(),
            "policy-1",
            "one-repeated-byte",
            Instant.parse("2026-12-25T00:00:00Z"));

    static Stream<Object[]> golden() {
        return Stream.of(
                new Object[] {"audit-record-1-command.json", COMMAND},
                new Object[] {"audit-record-1-use.json", USE},
                new Object[] {"audit-record-1-unauthenticated.json", UNAUTHENTICATED},
                new Object[] {"audit-record-1-system.json", SYSTEM});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void a_record_is_written_as_published(String file, AuditRecordForm record) {
        assertThat(new String(record.canonical(), StandardCharsets.UTF_8))
                .isEqualTo(new String(GoldenFile.read(file), StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void published_bytes_are_read_back(String file, AuditRecordForm record) {
        assertThat(AuditRecordForm.parse(GoldenFile.read(file))).isEqualTo(record);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\":2}",
                "{}",
                "[]",
                "not JSON",
            })
    void other_bytes_are_refused(String text) {
        assertThatThrownBy(() -> AuditRecordForm.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " \"action\":\"\"", // White space.
                "\"extra\":1,\"action\":\"\"", // A member that the format does not have.
                "\"action\":\"\\u0041\"", // An escape that need not be.
                "\"action\":1",
            })
    void the_same_record_in_another_spelling_is_refused(String spelling) {
        String canonical = new String(UNAUTHENTICATED.canonical(), StandardCharsets.UTF_8);
        String other = canonical.replace("\"action\":\"\"", spelling);

        assertThat(other).isNotEqualTo(canonical);
        assertThatThrownBy(() -> AuditRecordForm.parse(other.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytes_longer_than_any_record_are_refused_like_any_others() {
        String tooLong = new String(GoldenFile.read("audit-record-1-use.json"), StandardCharsets.UTF_8)
                .replace("\"Success\"", "\"" + "S".repeat(AuditRecordForm.MAX_BYTES) + "\"");

        assertThatThrownBy(() -> AuditRecordForm.parse(tooLong.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_key_has_a_version_and_every_event_a_digest() {
        String missingVersion = new String(COMMAND.canonical(), StandardCharsets.UTF_8)
                .replace("\"keyStateVersions\":[3]", "\"keyStateVersions\":[]");
        String missingDigest = new String(COMMAND.canonical(), StandardCharsets.UTF_8)
                .replaceFirst("\"eventIds\":\\[[^]]*]", "\"eventIds\":[]");

        assertThatThrownBy(() -> AuditRecordForm.parse(missingVersion.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("every key");
        assertThatThrownBy(() -> AuditRecordForm.parse(missingDigest.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("every event");
    }

    /**
     * The protocol's limits keep every record below the longest entry. A context is limited by the characters of its JSON text as sent, in
     * which a control character has its six characters already, so three bytes a character is the worst.
     */
    @Test
    void the_longest_use_fits() {
        Map<String, String> widest = Map.of("k", "\u6797".repeat(8192 - "{\"k\":\"\"}".length()));

        assertThat(longest(2, 0, widest).canonical().length).isBetween(50_000, AuditRecordForm.MAX_BYTES);
    }

    /** No operation touches more than fifty keys (TagResources), and none that changes keys has a context. */
    @Test
    void the_longest_change_fits() {
        assertThat(longest(50, 100, Map.of()).canonical().length).isBetween(15_000, AuditRecordForm.MAX_BYTES);
    }

    private static AuditRecordForm longest(int keys, int events, Map<String, String> context) {
        return new AuditRecordForm(
                9_007_199_254_740_991L,
                TIME,
                "n".repeat(256),
                KEY,
                "\u6797".repeat(256),
                "\u6797".repeat(256),
                "ACS3-HMAC-SHA256",
                true,
                "2001:0db8:0000:0000:0000:0000:0000:0001",
                "\u0001".repeat(256),
                "\u0001".repeat(128),
                Collections.nCopies(keys, KEY),
                Collections.nCopies(keys, 9_007_199_254_740_991L),
                VERSION,
                "a".repeat(512),
                "Unauthenticated",
                "ParseRequestParameterException",
                "\u0001".repeat(256),
                "\u0001".repeat(256),
                context,
                context,
                "0".repeat(64),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Collections.nCopies(events, KEY),
                Collections.nCopies(events, "0".repeat(64)),
                "p".repeat(64),
                "w".repeat(64),
                TIME);
    }
}
