package dev.keyledger.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as evidence that somebody hands in: refused in the one documented way, or canonical to the byte. */
class EvidenceFuzzTest {

    static Stream<byte[]> auditRecords() {
        return seeds("audit-record-1-use.json", "recordId", "time", "inputSize");
    }

    static Stream<byte[]> ledgerEntries() {
        return seeds("deletion-ledger-1-deleted.json", "logIndex", "at");
    }

    /** A golden file, and the same with one member's value out of range. */
    private static Stream<byte[]> seeds(String goldenFile, String... members) {
        String text = new String(GoldenFile.read(goldenFile), StandardCharsets.UTF_8);
        Stream<String> odd = Stream.of(members)
                .flatMap(name -> Stream.of(
                                "\"x\"",
                                "null",
                                "-1",
                                "9999999999",
                                "1e400",
                                "9007199254740993",
                                "\"2026-13-25T08:09:10.120Z\"")
                        .map(value ->
                                text.replaceAll("\"" + name + "\":(\"[^\"]*\"|[0-9]+)", "\"" + name + "\":" + value)));
        return Stream.concat(Stream.of(text), odd).map(each -> each.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("auditRecords")
    @FuzzTest
    void bytes_are_no_audit_record_or_its_canonical_form(byte[] bytes) {
        AuditRecordForm form;
        try {
            form = AuditRecordForm.parse(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(form.canonical()).isEqualTo(bytes);
    }

    @MethodSource("ledgerEntries")
    @FuzzTest
    void bytes_are_no_deletion_ledger_entry_or_its_canonical_form(byte[] bytes) {
        DeletionLedgerEntry entry;
        try {
            entry = DeletionLedgerEntry.parse(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(entry.canonical()).isEqualTo(bytes);
    }
}
