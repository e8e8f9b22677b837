package dev.keyledger.api.rest.audit;

import dev.keyledger.api.adapter.transparency.TransparencyLog.Inclusion;
import dev.keyledger.api.rest.InclusionJson;
import dev.keyledger.evidence.AuditRecordForm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** A record and its place as one JSON object; the member {@code record} is, to the byte, the form by which the record is proved. */
final class RecordJson {

    private RecordJson() {}

    static byte[] of(long logIndex, AuditRecordForm record) {
        return of(logIndex, record, Optional.empty());
    }

    /** With the proof that the log has it, if a checkpoint covers it. */
    static byte[] of(long logIndex, AuditRecordForm record, Optional<Inclusion> proof) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(1024);
        json.writeBytes(("{\"logIndex\":" + logIndex + ",\"record\":").getBytes(StandardCharsets.US_ASCII));
        json.writeBytes(record.canonical());
        proof.ifPresent(found -> {
            json.writeBytes(",\"proof\":".getBytes(StandardCharsets.US_ASCII));
            json.writeBytes(JsonMapper.shared().writeValueAsBytes(InclusionJson.of(found)));
        });
        json.write('}');
        return json.toByteArray();
    }
}
