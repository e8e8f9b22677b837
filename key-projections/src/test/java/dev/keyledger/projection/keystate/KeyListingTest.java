package dev.keyledger.projection.keystate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.Writes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Whatever marks there are, the listing is what counting key by key would give. */
class KeyListingTest {

    private static final Instant BEGIN = Instant.parse("2026-03-08T06:59:00Z");
    private static final int STRETCH = 10;

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final SingleConnectionDataSource connection =
            new SingleConnectionDataSource(database.url(), database.serviceUser(), database.servicePassword(), true);
    private final JdbcClient jdbc = JdbcClient.create(connection);
    private final KeyStateQueries queries = new KeyStateQueries(jdbc);
    private final KeyListing listing = new KeyListing(jdbc);

    @AfterEach
    void drop() {
        connection.destroy();
        database.close();
    }

    private static void insert(JdbcClient where, Instant createdAt, UUID key) {
        where.sql("""
                        insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description,
                            creator, created_at, deletion_protection, deletion_protection_description)
                        values (:key, 0, 'PendingImport', 'EXTERNAL', 's', 'u', 'p', '', '1', :at, false, '')
                        """).param("key", key).param("at", SqlTime.of(createdAt)).update();
    }

    private void assertListedAsCounted(int size) {
        List<KeyId> all = jdbc.sql("select key_id from key_state order by created_at, key_id")
                .query((row, number) -> KeyId.of(row.getObject(1, UUID.class)))
                .list();
        for (int number = 1; number <= all.size() / size + 2; number++) {
            Page<KeyId> page = queries.list(KeyFilter.NONE, new Page.Request(number, size));
            assertThat(page.totalCount()).isEqualTo(all.size());
            assertThat(page.items())
                    .isEqualTo(all.subList(
                            Math.min(all.size(), (number - 1) * size), Math.min(all.size(), number * size)));
        }
    }

    private int marks() {
        return jdbc.sql("select count(*) from key_listing_mark")
                .query(Integer.class)
                .single();
    }

    @Test
    void keys_that_come_and_go_anywhere_are_counted_along() {
        SplittableRandom random = new SplittableRandom(4);
        assertListedAsCounted(7);
        for (int round = 0; round < 12; round++) {
            for (int i = 0; i < 30; i++) {
                // Some come late: their instant lies before that of others who were faster.
                long late = random.nextInt(10) == 0 ? random.nextInt(60) : 0;
                Instant at = BEGIN.plusSeconds(round * 5L + i / 6 - late);
                insert(jdbc, at, new UUID(random.nextLong(), random.nextLong()));
            }
            jdbc.sql(
                            "delete from key_state where key_id in (select key_id from key_state where hashtext(key_id::text) % 7 = 0)")
                    .update();
            listing.mark(STRETCH);
            assertListedAsCounted(7);
        }
        assertThat(marks()).isGreaterThan(10);
        assertListedAsCounted(1);
        assertListedAsCounted(100);

        jdbc.sql("delete from key_state").update();
        assertListedAsCounted(10);
        assertThat(jdbc.sql("select sum(keys) from key_listing_mark")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void marks_are_made_until_two_stretches_are_left_and_a_replay_begins_without() {
        for (int i = 0; i < 45; i++) {
            insert(jdbc, BEGIN, new UUID(1, i));
        }
        assertThat(listing.mark(STRETCH)).isFalse();
        assertThat(marks()).isEqualTo(3);
        assertThat(listing.mark(STRETCH)).isFalse();
        assertThat(marks()).isEqualTo(3);
        assertListedAsCounted(10);

        new KeyStateProjection(Writes.immediate(jdbc)).clear();
        assertThat(marks()).isZero();
    }

    @Test
    void a_key_whose_transaction_is_open_is_waited_for_a_moment_and_counted_by_itself() throws SQLException {
        for (int i = 0; i < 45; i++) {
            insert(jdbc, BEGIN, new UUID(1, i));
        }
        try (Connection other =
                DriverManager.getConnection(database.url(), database.serviceUser(), database.servicePassword())) {
            other.setAutoCommit(false);
            JdbcClient slow = JdbcClient.create(new SingleConnectionDataSource(other, true));
            insert(slow, BEGIN.minusSeconds(1), new UUID(9, 9));
            assertThat(listing.mark(STRETCH)).isFalse();
            assertThat(marks()).isZero();
            assertListedAsCounted(10);

            other.commit();
            listing.mark(STRETCH);
            assertThat(marks()).isEqualTo(3);
            insert(slow, BEGIN.minusSeconds(2), new UUID(9, 10));
            assertListedAsCounted(10);
            other.commit();
            assertListedAsCounted(10);
        }
    }

    @Test
    void the_migration_marks_the_keys_that_are_there() {
        try (TestDatabase empty = TestPostgres.emptyDatabase()) {
            DriverManagerDataSource owner =
                    new DriverManagerDataSource(empty.url(), empty.ownerUser(), empty.ownerPassword());
            migrate(owner, "6");
            JdbcClient old = JdbcClient.create(owner);
            old.sql("""
                    insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description,
                        creator, created_at, deletion_protection, deletion_protection_description)
                    select gen_random_uuid(), 0, 'PendingImport', 'EXTERNAL', 's', 'u', 'p', '', '1',
                        timestamptz '2026-01-01 00:00+00' + make_interval(secs => n / 7), false, ''
                    from generate_series(1, 17000) as n
                    """).update();
            migrate(owner, "latest");

            assertThat(old.sql("select keys from key_listing_mark order by created_at")
                            .query(Integer.class)
                            .list())
                    .containsExactly(5000, 5000);
            Page<KeyId> deep = new KeyStateQueries(old).list(KeyFilter.NONE, new Page.Request(123, 100));
            assertThat(deep.totalCount()).isEqualTo(17000);
            assertThat(deep.items())
                    .isEqualTo(
                            old.sql("select key_id from key_state order by created_at, key_id offset 12200 limit 100")
                                    .query((row, number) -> KeyId.of(row.getObject(1, UUID.class)))
                                    .list());
        }
    }

    private static void migrate(DriverManagerDataSource owner, String target) {
        Flyway.configure()
                .dataSource(owner)
                .locations("classpath:db/migration")
                .target(target)
                .load()
                .migrate();
    }
}
