package dev.keyledger.api.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.clock.DatabaseTime;
import dev.keyledger.api.quarantine.Quarantine;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.deadline.DeadlineManager;
import org.axonframework.deadline.annotation.DeadlineHandler;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericEventMessage;
import org.axonframework.eventhandling.PropagatingErrorHandler;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.saga.SagaEventHandler;
import org.axonframework.modelling.saga.StartSaga;
import org.axonframework.modelling.saga.repository.inmemory.InMemorySagaStore;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

/** The scheduler with a saga of the test's own; the key's saga is tested with whole nodes. */
class DeadlineSchedulerTest {

    private static final BlockingQueue<String> FIRED = new LinkedBlockingQueue<>();
    private static final AtomicInteger FAILURES_LEFT = new AtomicInteger();

    private final TestStore store = new TestStore();
    private final InMemorySagaStore sagas = new InMemorySagaStore();

    /** Asks for a deadline. */
    record Asked(String id, Instant fireAt) {}

    /** No longer wants it. */
    record Withdrawn(String id) {}

    /** What the deadline carries. */
    record Payload(String id) {}

    /** A saga with one deadline. */
    public static class Reminder {

        private @Nullable String deadline;

        @StartSaga
        @SagaEventHandler(associationProperty = "id")
        void on(Asked event, DeadlineManager deadlines) {
            deadline = deadlines.schedule(event.fireAt(), "reminder", new Payload(event.id()));
        }

        @SagaEventHandler(associationProperty = "id")
        void on(Withdrawn event, DeadlineManager deadlines) {
            deadlines.cancelSchedule("reminder", java.util.Objects.requireNonNull(deadline));
        }

        @DeadlineHandler(deadlineName = "reminder")
        void when(Payload payload) {
            FIRED.add(payload.id());
            if (FAILURES_LEFT.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("as the test wants it");
            }
        }
    }

    static class Parts {
        @Bean
        TransactionManager transactions(PlatformTransactionManager transactions) {
            return new SpringTransactionManager(transactions);
        }

        @Bean
        Serializer serializer() {
            return Jackson3Serializer.builder().build();
        }
    }

    /** A node with its saga; its deadlines fire once the scheduler is started. */
    private final class Node {
        final DeadlineScheduler scheduler;
        final Configuration ledger;
        final TransactionManager transactions;

        Node(String name) {
            AnnotationConfigApplicationContext beans =
                    store.node(name, Parts.class, DatabaseTime.class, Quarantine.class, DeadlineScheduler.class);
            scheduler = beans.getBean(DeadlineScheduler.class);
            transactions = beans.getBean(TransactionManager.class);
            ledger = DefaultConfigurer.defaultConfiguration(false)
                    .configureTransactionManager(c -> transactions)
                    .configureSerializer(c -> beans.getBean(Serializer.class))
                    .configureDeadlineManager(scheduler::connect)
                    .eventProcessing(processing -> {
                        processing.registerDefaultListenerInvocationErrorHandler(
                                c -> PropagatingErrorHandler.instance());
                        processing.registerSagaStore(c -> sagas);
                        processing.usingSubscribingEventProcessors();
                        processing.registerSaga(Reminder.class);
                    })
                    .start();
        }

        void publish(Object event) {
            UnitOfWork<EventMessage<?>> unitOfWork =
                    DefaultUnitOfWork.startAndGet(GenericEventMessage.asEventMessage(event));
            unitOfWork.attachTransaction(transactions);
            unitOfWork.execute(() -> ledger.eventBus().publish(unitOfWork.getMessage()));
        }

        void publishAndRollBack(Object event) {
            UnitOfWork<EventMessage<?>> unitOfWork =
                    DefaultUnitOfWork.startAndGet(GenericEventMessage.asEventMessage(event));
            unitOfWork.attachTransaction(transactions);
            // The last to prepare, so everything has been written by then.
            unitOfWork.onPrepareCommit(before -> before.onPrepareCommit(last -> {
                throw new IllegalStateException("the last step fails");
            }));
            ledger.eventBus().publish(unitOfWork.getMessage());
            assertThatThrownBy(unitOfWork::commit).hasMessage("the last step fails");
        }
    }

    @AfterEach
    void close() {
        store.close();
        FIRED.clear();
        FAILURES_LEFT.set(0);
    }

    private int scheduled() {
        return store.sql()
                .sql("select count(*) from scheduled_tasks")
                .query(Integer.class)
                .single();
    }

    private static @Nullable String fired() throws InterruptedException {
        return FIRED.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void a_deadline_fires_once_it_is_due_and_is_gone() throws InterruptedException {
        Node node = new Node("node-1");
        node.publish(new Asked("a", Instant.now().plusMillis(300)));

        assertThat(fired()).isEqualTo("a");

        node.scheduler.stop();
        assertThat(scheduled()).isZero();
    }

    @Test
    void scheduling_is_part_of_the_senders_transaction() {
        Node node = new Node("node-1");

        node.publishAndRollBack(new Asked("a", Instant.now().plusSeconds(3600)));

        assertThat(scheduled()).isZero();
    }

    @Test
    void cancelling_is_part_of_the_senders_transaction() {
        Node node = new Node("node-1");
        node.publish(new Asked("a", Instant.now().plusSeconds(3600)));
        assertThat(scheduled()).isEqualTo(1);

        node.publishAndRollBack(new Withdrawn("a"));
        assertThat(scheduled()).isEqualTo(1);

        node.publish(new Withdrawn("a"));
        assertThat(scheduled()).isZero();
    }

    @Test
    void what_is_stored_is_json() {
        Node node = new Node("node-1");
        node.publish(new Asked("a", Instant.now().plusSeconds(3600)));

        String data = store.sql()
                .sql("select convert_from(task_data, 'UTF8') from scheduled_tasks")
                .query(String.class)
                .single();

        assertThat(data).startsWith("{").contains("\"deadlineName\":\"reminder\"");
    }

    @Test
    void cancelling_a_deadline_that_is_gone_or_firing_does_no_harm() {
        Node node = new Node("node-1");
        node.publish(new Asked("firing", Instant.now().plusSeconds(3600)));
        store.sql().sql("update scheduled_tasks set picked = true").update();
        node.publish(new Withdrawn("firing"));
        assertThat(scheduled()).isEqualTo(1);

        store.sql().sql("delete from scheduled_tasks").update();
        node.publish(new Withdrawn("firing"));
    }

    @Test
    void a_deadline_whose_handler_throws_fires_again_soon() throws InterruptedException {
        FAILURES_LEFT.set(2);
        Node node = new Node("node-1");
        node.publish(new Asked("a", Instant.now()));

        assertThat(fired()).isEqualTo("a");
        assertThat(fired()).isEqualTo("a");
        assertThat(fired()).isEqualTo("a");

        node.scheduler.stop();
        assertThat(scheduled()).isZero();
        assertThat(FIRED).isEmpty();
    }

    @Test
    void retries_begin_after_a_second_and_never_wait_longer_than_a_minute() {
        assertThat(DeadlineScheduler.retryAfter(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(DeadlineScheduler.retryAfter(1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(DeadlineScheduler.retryAfter(5)).isEqualTo(Duration.ofSeconds(32));
        assertThat(DeadlineScheduler.retryAfter(6)).isEqualTo(Duration.ofMinutes(1));
        assertThat(DeadlineScheduler.retryAfter(1_000_000)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void a_deadline_that_fell_due_while_no_node_ran_fires_at_the_next_start() throws InterruptedException {
        Node first = new Node("node-1");
        first.scheduler.stop();
        first.publish(new Asked("a", Instant.now().minusSeconds(3 * 86_400)));
        assertThat(FIRED).isEmpty();

        new Node("node-2");

        assertThat(fired()).isEqualTo("a");
    }

    @Test
    void of_two_nodes_one_fires_each_of_a_hundred_deadlines() throws InterruptedException {
        Node first = new Node("node-1");
        Node second = new Node("node-2");
        Instant due = Instant.now().plusSeconds(1);
        for (int n = 0; n < 100; n++) {
            first.publish(new Asked("deadline-" + n, due));
        }

        for (int n = 0; n < 100; n++) {
            assertThat(fired()).isNotNull();
        }

        first.scheduler.stop();
        second.scheduler.stop();
        assertThat(FIRED).isEmpty();
        assertThat(scheduled()).isZero();
    }
}
