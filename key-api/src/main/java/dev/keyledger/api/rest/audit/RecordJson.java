package dev.keyledger.api.rest.audit;

import dev.keyledger.evidence.AuditRecordForm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A record and its place as one JSON object; the member {@code record} is, to the byte, the form by which the record is proved. */
final class RecordJson {

    private RecordJson() {}

    static byte[] of(long logIndex, AuditRecordForm record) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(1024);
        json.writeBytes(("{\"logIndex\":" + logIndex + ",\"record\":").getBytes(StandardCharsets.US_ASCII));
        json.writeBytes(record.canonical());
        json.write('}');
        return json.toByteArray();
    }
}
