package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.evidence.AuditRecordForm;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Why the caller says it does this: said in a header or a parameter, recorded apart from the service's own reason. */
@ExtendWith(NodeExtension.class)
class CallerReasonTest {

    private static final String REASON = "x-keyledger-reason";

    private TestNode node;
    private Kms kms;
    private Rest rest;

    @BeforeEach
    void connect(TestNode shared, Kms client) {
        node = shared;
        kms = client;
        rest = new Rest(shared);
    }

    private AuditRecordForm record(UUID request) {
        return node.bean(AuditRecordReader.class).ofRequest(request).get(0);
    }

    @Test
    void a_change_keeps_the_reason_that_a_parameter_gives() {
        Reply made = kms.call("CreateKey", REASON, "Prüfung 17").ok();

        assertThat(record(made.requestId()).callerReason()).isEqualTo("Prüfung 17");
        assertThat(record(made.requestId()).reason()).isNull();
    }

    @Test
    void a_header_will_do_as_well_in_the_vendors_protocol() {
        Reply made = kms.send("CreateKey", Kms.signed("CreateKey", Map.of()), REASON, "ticket 18")
                .ok();

        assertThat(record(made.requestId()).callerReason()).isEqualTo("ticket 18");
    }

    @Test
    void a_refusal_keeps_both_reasons_apart() {
        Reply refused = kms.call(
                "CancelKeyDeletion",
                "KeyId",
                kms.call("CreateKey").ok().text("KeyMetadata.KeyId"),
                REASON,
                "ticket 19");

        AuditRecordForm record =
                record(refused.refused(409, "Rejected.StateModifiedFailed").requestId());
        assertThat(record.callerReason()).isEqualTo("ticket 19");
        assertThat(record.reason()).isEqualTo("CancelKeyDeletion of a key in state Enabled");
    }

    @Test
    void our_own_endpoints_take_it_in_both_places() {
        assertThat(record(rest.get("/v1/clock", REASON, "audit").ok().requestId())
                        .callerReason())
                .isEqualTo("audit");
        assertThat(record(rest.get("/v1/audit/records?limit=1&" + REASON + "=audit%20two")
                                .ok()
                                .requestId())
                        .callerReason())
                .isEqualTo("audit two");
    }

    @Test
    void what_cannot_be_kept_whole_is_refused_and_changes_nothing() {
        String longest = "r".repeat(256);
        assertThat(record(kms.call("CreateKey", REASON, longest).ok().requestId())
                        .callerReason())
                .isEqualTo(longest);

        Reply refused = kms.call("CreateKey", REASON, longest + "r").refused(400, "InvalidParameter");
        assertThat(record(refused.requestId()).eventIds()).isEmpty();
        rest.get("/v1/clock", REASON, longest + "r").refused(400, "InvalidParameter", "at most 256 characters");
        rest.get("/v1/clock?" + REASON + "=one", REASON, "two")
                .refused(400, "InvalidParameter", "more than once, in different words");
    }
}
