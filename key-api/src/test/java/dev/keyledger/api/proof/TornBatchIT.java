package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.faults.DatabaseLink;
import dev.keyledger.api.faults.Harm;
import dev.keyledger.api.faults.Moment;
import dev.keyledger.api.faults.Trap;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A transaction that records requests is torn at each of its seams, between computing, recording, committing and answering: nothing is
 * answered as done without its record, and no request is recorded twice.
 */
class TornBatchIT {

    private static final AccessKeyPair ACCESS_KEY =
            new AccessKeyPair(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 8;

    private static TestDatabase database;
    private static DatabaseLink link;
    private static TestNode node;

    @BeforeAll
    static void start() {
        database = TestPostgres.freshDatabase();
        link = DatabaseLink.to(database);
        node = TestNode.with().database(link.through(database)).start();
    }

    @AfterAll
    static void stop() {
        node.close();
        link.close();
        database.close();
    }

    @ParameterizedTest
    @CsvSource({
        "USES, BEFORE_RECORD, CUT",
        "USES, WHILE_RECORDING, HANG_UP",
        "USES, AFTER_COMMIT, CUT",
        "USES, AFTER_COMMIT, SILENCE",
        "CHANGES, BEFORE_RECORD, CUT",
        "CHANGES, WHILE_RECORDING, HANG_UP",
        "CHANGES, BEFORE_COMMIT, CUT",
        "CHANGES, AFTER_COMMIT, CUT",
        "CHANGES, AFTER_COMMIT, SILENCE"
    })
    void no_answer_goes_out_without_its_record_and_none_is_recorded_twice(Load.Kind kind, Moment moment, Harm harm) {
        Store store = Store.of(database);
        Load load = Load.on(node.baseUri(), ACCESS_KEY, Collections.nCopies(CLIENTS, kind));
        try (load) {
            Await.until("work flows", PATIENCE, () -> load.successes() >= CLIENTS);
            Trap trap = link.arm(moment, harm);
            Await.until("the moment comes", PATIENCE, trap::hasSprung);
            long then = load.successes();
            Await.until("work flows again", PATIENCE, () -> load.successes() > then + CLIENTS);
        }
        load.checkRecords(store, true);
        load.checkStates(new SignedHttp(node.baseUri(), ACCESS_KEY));
        assertThat(load.codes().keySet()).isSubsetOf("", "ServiceUnavailableTemporary");
        assertThat(load.withoutAnswer()).isZero();
        System.out.printf("%s torn %s by %s: %s%n", kind, moment, harm, load.codes());
    }

    @Test
    void a_batch_that_is_given_up_while_it_waits_is_not_recorded_a_second_time() throws SQLException {
        Store store = Store.of(database);
        Load load = Load.on(node.baseUri(), ACCESS_KEY, Collections.nCopies(CLIENTS, Load.Kind.USES));
        try (load;
                Connection other = store.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            Await.until("work flows", PATIENCE, () -> load.successes() >= CLIENTS);
            other.setAutoCommit(false);
            // Nonces can be looked at and not be added: every batch waits inside its statement.
            statement.execute("lock table request_nonce in share mode");
            Trap trap = link.arm(Moment.WHILE_RECORDING, Harm.HANG_UP);
            Await.until("a batch is given up", PATIENCE, trap::hasSprung);
            Await.until("its failure is being recorded", PATIENCE, () -> waiting(store) >= 2);
            other.commit();
            long then = load.successes();
            Await.until("work flows again", PATIENCE, () -> load.successes() > then + CLIENTS);
        }
        load.checkRecords(store, true);
    }

    private static long waiting(Store store) {
        return store.count("select count(*) from pg_locks where relation = 'request_nonce'::regclass and not granted");
    }
}
