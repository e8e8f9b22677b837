package dev.keyledger.api.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.protocol.RecordingAudit;
import dev.keyledger.api.protocol.RecordingAudit.Entry;
import dev.keyledger.refusal.ErrorCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FloodAuditTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final Pattern COUNT = Pattern.compile("count=([0-9]+) from=(\\S+) to=(\\S+)");
    private static final Outcome WRONG_SIGNATURE = Outcome.unauthenticated(ErrorCode.SIGNATURE_DOES_NOT_MATCH);
    private static final Outcome THROTTLED = Outcome.unauthenticated(ErrorCode.THROTTLING);

    private final RecordingAudit journal = new RecordingAudit();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Instant now = NOW;
    private final FloodAudit audit = new FloodAudit(journal, () -> now, registry, Duration.ofDays(1));

    private static AuditDraft from(String address) {
        return new AuditDraft(UUID.randomUUID().toString(), address, "").action("Encrypt");
    }

    private void flood(String address, Outcome outcome, int requests) {
        for (int i = 0; i < requests; i++) {
            audit.record(from(address), outcome);
        }
    }

    private List<Entry> summaries() {
        return journal.entries().stream()
                .filter(entry -> entry.action().equals(FloodAudit.SUMMARY))
                .toList();
    }

    private List<Entry> singles() {
        return journal.entries().stream()
                .filter(entry -> !entry.action().equals(FloodAudit.SUMMARY))
                .toList();
    }

    private static long count(Entry summary) {
        Matcher matcher = COUNT.matcher(summary.reason());
        assertThat(matcher.matches()).as(summary.reason()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void every_request_of_a_flood_has_a_record_or_is_counted_in_one() {
        audit.start();
        flood("192.0.2.1", WRONG_SIGNATURE, 300);
        flood("192.0.2.1", THROTTLED, 5_000);
        now = NOW.plusSeconds(10);
        audit.stop();

        assertThat(singles()).hasSizeBetween(200, 1_000);
        assertThat(singles().size()
                        + summaries().stream().mapToLong(FloodAuditTest::count).sum())
                .isEqualTo(5_300);
        assertThat(summaries()).allSatisfy(summary -> {
            assertThat(summary.sourceIp()).isEqualTo("192.0.2.1");
            assertThat(summary.principal()).isEqualTo("system");
            assertThat(summary.authMethod()).isEqualToIgnoringCase("system");
            assertThat(summary.reason()).endsWith(" from=2026-03-01T10:00:00Z to=2026-03-01T10:00:10Z");
        });
        assertThat(summaries()).extracting(Entry::outcome).contains(THROTTLED).doesNotHaveDuplicates();
        assertThat(registry.counter("keyledger.audit.summarised").count())
                .isEqualTo(5_300.0 - singles().size());
    }

    @Test
    void what_was_authenticated_always_has_a_record_of_its_own() {
        for (int i = 0; i < 5_000; i++) {
            audit.record(from("192.0.2.1"), Outcome.SUCCESS);
            audit.record(from("192.0.2.1"), Outcome.of(ErrorCode.KEY_NOT_FOUND));
        }
        assertThat(singles()).hasSize(10_000);
        audit.summarise();
        assertThat(summaries()).isEmpty();
    }

    @Test
    void one_address_in_a_flood_leaves_the_others_their_records() {
        flood("192.0.2.1", WRONG_SIGNATURE, 3_000);
        int before = singles().size();
        flood("192.0.2.2", WRONG_SIGNATURE, 100);
        assertThat(singles()).hasSize(before + 100);
    }

    @Test
    void a_flood_from_everywhere_shares_a_summary_without_an_address() {
        for (int i = 0; i < 10_000; i++) {
            audit.record(from("198.51." + i / 250 + "." + i % 250), WRONG_SIGNATURE);
        }
        audit.summarise();
        assertThat(singles()).hasSizeLessThan(5_000);
        assertThat(summaries()).hasSizeLessThanOrEqualTo(1_001);
        assertThat(summaries())
                .filteredOn(summary -> summary.sourceIp().isEmpty())
                .hasSize(1);
        assertThat(singles().size()
                        + summaries().stream().mapToLong(FloodAuditTest::count).sum())
                .isEqualTo(10_000);
    }

    @Test
    void what_could_not_be_written_is_counted_on() {
        flood("192.0.2.1", WRONG_SIGNATURE, 1_000);
        int single = singles().size();
        journal.failWith(new IllegalStateException("the journal is away"));
        audit.summarise();
        assertThat(summaries()).isEmpty();

        journal.failWith(null);
        audit.unrecorded(from("192.0.2.1"), ErrorCode.THROTTLING);
        audit.summarise();
        assertThat(summaries().stream().mapToLong(FloodAuditTest::count).sum()).isEqualTo(1_000 - single + 1);
        audit.summarise();
        assertThat(summaries()).hasSize(2);
    }
}
