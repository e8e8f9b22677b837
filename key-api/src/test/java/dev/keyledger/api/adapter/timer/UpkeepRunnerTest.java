package dev.keyledger.api.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.clock.DatabaseTime;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

class UpkeepRunnerTest {

    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        store.close();
    }

    /** Upkeep that a test can wait for. */
    private static final class Counted implements Upkeep {
        private final Semaphore runs = new Semaphore(0);
        private final boolean followsStoreTime;
        private volatile boolean failing;

        Counted(boolean followsStoreTime) {
            this.followsStoreTime = followsStoreTime;
        }

        @Override
        public String name() {
            return "counted-" + followsStoreTime;
        }

        @Override
        public Duration every() {
            return Duration.ofDays(1);
        }

        @Override
        public boolean followsStoreTime() {
            return followsStoreTime;
        }

        @Override
        public void run() {
            runs.release();
            if (failing) {
                throw new IllegalStateException("as the test wants it");
            }
        }

        void await() throws InterruptedException {
            assertThat(runs.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private AnnotationConfigApplicationContext node(String name, Upkeep... upkeep) {
        AnnotationConfigApplicationContext beans = store.node(name, DatabaseTime.class, UpkeepLease.class);
        UpkeepRunner runner = new UpkeepRunner(
                List.of(upkeep),
                beans.getBean(UpkeepLease.class),
                beans.getBean(DatabaseTime.class),
                new SecureRandom());
        beans.getBeanFactory().registerSingleton("runner", runner);
        runner.start();
        return beans;
    }

    @Test
    void every_upkeep_runs_at_the_start() throws InterruptedException {
        Counted one = new Counted(false);
        Counted another = new Counted(true);

        node("node-1", one, another);

        one.await();
        another.await();
    }

    @Test
    void an_advance_made_anywhere_runs_what_follows_store_time_on_every_node() throws InterruptedException {
        Counted following = new Counted(true);
        Counted following2 = new Counted(true);
        Counted other = new Counted(false);
        node("node-1", following, other);
        node("node-2", following2);
        following.await();
        following2.await();
        other.await();

        store.sql().sql("update store_clock set \"offset\" = interval '1 day'").update();

        following.await();
        following2.await();
        assertThat(other.runs.availablePermits()).isZero();
    }

    @Test
    void upkeep_that_fails_is_tried_again() throws InterruptedException {
        Counted failing = new Counted(true);
        failing.failing = true;
        node("node-1", failing);
        failing.await();

        store.sql().sql("update store_clock set \"offset\" = interval '1 day'").update();
        failing.await();
        failing.await();
    }

    @Test
    void two_kinds_of_upkeep_cannot_share_a_name() {
        assertThatThrownBy(() -> node("node-1", new Counted(true), new Counted(true)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_lease_keeps_a_second_node_out_until_the_work_is_done() throws Exception {
        UpkeepLease first = new UpkeepLease(store.dataSource());
        UpkeepLease second = new UpkeepLease(store.dataSource());

        boolean done = first.ifFree("work", () -> {
            assertThat(tried(second, "work")).isFalse();
            assertThat(tried(second, "other work")).isTrue();
        });

        assertThat(done).isTrue();
        assertThat(tried(second, "work")).isTrue();
    }

    @Test
    void the_lease_ends_with_work_that_throws() {
        UpkeepLease lease = new UpkeepLease(store.dataSource());

        assertThatThrownBy(() -> lease.ifFree("work", () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");

        assertThat(tried(new UpkeepLease(store.dataSource()), "work")).isTrue();
    }

    @Test
    void the_lease_of_a_killed_node_is_free_again() throws Exception {
        CountDownLatch killed = new CountDownLatch(1);
        AnnotationConfigApplicationContext beans = store.node("node-1", UpkeepLease.class);
        UpkeepLease lease = beans.getBean(UpkeepLease.class);

        assertThatThrownBy(() -> lease.ifFree("work", () -> {
                    store.superuserSql()
                            .sql("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'")
                            .query(Boolean.class)
                            .list();
                    killed.countDown();
                }))
                .isInstanceOf(SQLException.class);

        assertThat(killed.getCount()).isZero();
        assertThat(tried(new UpkeepLease(store.dataSource()), "work")).isTrue();
    }

    private static boolean tried(UpkeepLease lease, String name) {
        try {
            return lease.ifFree(name, () -> {});
        } catch (SQLException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }
}
