package dev.keyledger.api.rest.audit;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.StreamedBody;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.projection.auditlog.AuditLog.Entry;
import dev.keyledger.projection.auditlog.LogRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * All records that a question is about, sent as they are read, some hundred at a time. Neither rows nor a connection are held while the
 * client takes its time.
 */
final class RecordStream implements StreamedBody {

    private static final int CHUNK = 500;

    /** One chunk: far longer than any takes on a store that can answer at all. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RecordSearch search;
    private final RecordQuestion question;
    private final LogRange range;
    private final RecordFormat format;
    private final long limit;

    RecordStream(RecordSearch search, RecordQuestion question, LogRange range, RecordFormat format, long limit) {
        this.search = search;
        this.question = question;
        this.range = range;
        this.format = format;
        this.limit = limit;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (format == RecordFormat.CSV) {
            out.write(CsvRow.header().getBytes(StandardCharsets.UTF_8));
        }
        LogRange rest = range;
        long left = limit;
        while (left > 0 && !rest.isEmpty()) {
            RecordSearch.Found found = search.find(question, rest, (int) Math.min(CHUNK, left), Deadline.in(PATIENCE));
            for (Entry<AuditRecordForm> entry : found.records()) {
                out.write(line(entry));
            }
            out.flush();
            left -= found.records().size();
            rest = found.rest();
        }
    }

    private byte[] line(Entry<AuditRecordForm> entry) throws IOException {
        if (format == RecordFormat.CSV) {
            return CsvRow.of(entry.logIndex(), entry.record()).getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        line.write(RecordJson.of(entry.logIndex(), entry.record()));
        line.write('\n');
        return line.toByteArray();
    }
}
