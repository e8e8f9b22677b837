package dev.keyledger.api.adapter.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.vault.LogVault;
import dev.keyledger.api.quarantine.Quarantine;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whoever owns the database, and even the key that signs, rewrites a log whose last checkpoint lies in the anchor file: the next start is a quarantine.
 * The log has 300 records, the eighth of which covers an event.
 */
class StoreComparisonTest {

    private final TestStore store = new TestStore();
    private Connection connection;

    @TempDir
    private Path directory;

    @BeforeEach
    void signAndAnchorALog() throws SQLException, IOException {
        connection = store.dataSource().getConnection();
        LogNode node = new LogNode(store);
        LogNode.write(store, 300);
        change(
                "update audit_record set event_ids = array['e'], event_digests = array['\\x01'::bytea] where record_id = 8");
        SignedHead signed = node.signAll(LogNode.number(connection).epoch());
        assertThat(signed.size()).isEqualTo(300);
        new AnchorFile(anchor(), node.log.key()).append(signed.note());
    }

    @AfterEach
    void close() throws SQLException {
        LogVault.settings(Map.of());
        connection.close();
        store.close();
    }

    private Path anchor() {
        return directory.resolve("anchor");
    }

    private void change(String sql) {
        var unused = store.ownerSql().sql(sql).update();
    }

    /** By a node that was not told of the anchor. */
    private void goOnWithoutTheAnchor(int more) throws SQLException, IOException {
        LogNode node = new LogNode(store);
        LogNode.write(store, more);
        node.signAll(LogNode.number(connection).epoch());
    }

    private Optional<String> quarantineOfTheNextStart() {
        LogVault.settings(Map.of("KEYLEDGER_ANCHOR_FILE", anchor().toString()));
        return new LogNode(store, Anchors.class, AnchoredDeletions.class, Quarantine.class, StoreComparison.class)
                .bean(Quarantine.class)
                .why();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a record was changed        | update audit_record set action = 'Other' where record_id = 17",
                "an event and its digest     | update audit_record set event_digests = array['\\x02'::bytea] where record_id = 8",
                "a record was dropped and those behind it moved up | delete from audit_record where record_id = 101;"
                        + " delete from audit_index where log_index = 100;"
                        + " update audit_index set log_index = log_index + 1000000 where log_index > 100;"
                        + " update audit_index set log_index = log_index - 1000001 where log_index > 1000000;"
                        + " update sequencer set next_index = 299",
                "it was cut off and went on  | delete from audit_record where record_id > 200;"
                        + " delete from audit_index where log_index >= 200; update sequencer set next_index = 200",
            })
    void a_log_that_was_rewritten_and_signed_again_is_not_that_of_the_anchor(String what, String harm)
            throws Exception {
        for (String each : harm.split(";", -1)) {
            change(each);
        }
        change("delete from log_checkpoint");
        change("delete from log_tile");
        goOnWithoutTheAnchor(150);

        assertThat(quarantineOfTheNextStart())
                .as(what)
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("the first 300 records of the store are not those of the anchor's checkpoint"));
    }

    @Test
    void a_log_that_was_cut_off_was_put_back() throws Exception {
        change("delete from audit_record where record_id > 200");
        change("delete from audit_index where log_index >= 200");
        change("update sequencer set next_index = 200");
        change("delete from log_checkpoint");
        change("delete from log_tile");
        goOnWithoutTheAnchor(10);

        assertThat(quarantineOfTheNextStart().orElseThrow())
                .contains("a checkpoint of 300 records", "signed up to 210 only", "put back from an older state");
    }

    @Test
    void a_log_without_any_checkpoint_is_none_of_the_anchor() {
        change("delete from log_checkpoint");
        change("delete from log_tile");

        assertThat(quarantineOfTheNextStart().orElseThrow()).contains("signed up to 0 only");
    }

    @Test
    void a_log_that_went_on_is_the_same_log() throws Exception {
        goOnWithoutTheAnchor(150);

        assertThat(quarantineOfTheNextStart()).isEmpty();
    }
}
