package dev.keyledger.projection.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredFactTest {

    private static Map<String, String> details(String name, String payload) {
        return new StoredFact(name, "1", "1339cb7d-54d3-47e0-b595-c7d3dba82b6f", 3, payload)
                .fact()
                .details();
    }

    @Test
    void of_a_notice_the_date_and_the_rung_are_public() {
        assertThat(details("keyledger.key.expiry-near", """
                        {"at":"2026-11-24T10:00:00.000Z","expiresAt":"2026-12-01T10:00:00.250Z","keyId":"1339cb7d","notice":"P7D"}"""))
                .isEqualTo(Map.of("expiresAt", "2026-12-01T10:00:00.250Z", "notice", "P7D"));
        assertThat(details("keyledger.key.deletion-near", """
                        {"at":"2026-11-24T10:00:00.000Z","deleteAt":"2026-12-01T10:00:00.250Z","keyId":"1339cb7d","notice":"PT1H"}"""))
                .isEqualTo(Map.of("deleteAt", "2026-12-01T10:00:00.250Z", "notice", "PT1H"));
    }

    @Test
    void of_an_import_the_tag_and_the_token_are_not() {
        assertThat(details("keyledger.key.material-imported", """
                        {"at":"2026-11-24T10:00:00.000Z","expiresAt":null,"keyId":"1339cb7d","materialTag":"00","tokenId":"6f1f","versionId":"2ab1"}""")).isEqualTo(Map.of("versionId", "2ab1"));
    }
}
