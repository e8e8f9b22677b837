package dev.keyledger.api.adapter.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.vault.LogVault;
import dev.keyledger.api.adapter.vault.WebhookSecrets;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.FeedFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is under way, as rows: who may send what when, and that nothing stays behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveriesTest {

    private TestStore store;
    private ApplicationContext node;
    private Webhooks webhooks;
    private Deliveries deliveries;
    private long lastIndex;

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    DeliveriesTest() {}

    @BeforeAll
    void open() {
        store = new TestStore();
        node = store.node(
                "one",
                Stream.concat(
                                Stream.of(LogVault.components()),
                                Stream.of(WebhookSecrets.class, Webhooks.class, Deliveries.class))
                        .toArray(Class<?>[]::new));
        webhooks = node.getBean(Webhooks.class);
        deliveries = node.getBean(Deliveries.class);
    }

    @AfterAll
    void close() {
        store.close();
    }

    private TransactionTemplate transaction() {
        return new TransactionTemplate(node.getBean(PlatformTransactionManager.class));
    }

    /** A webhook, all others being deleted. */
    private Webhook webhook(boolean ordered) {
        return transaction().execute(status -> {
            webhooks.all().forEach(each -> webhooks.delete(each.id()));
            return another(ordered);
        });
    }

    private Webhook another(boolean ordered) {
        return webhooks.create(
                        new Webhooks.Wanted(
                                "https://hooks.example.com/",
                                "",
                                FeedFilter.NONE,
                                ordered,
                                FeedPosition.endOf(lastIndex)),
                        "test")
                .webhook();
    }

    private FeedEvent event(String subject) {
        FeedPosition place = new FeedPosition(++lastIndex, 0);
        return new FeedEvent(place, UUID.randomUUID().toString(), "t", "1", subject, 0, List.of(), Instant.EPOCH, "{}");
    }

    /** Adds an event of each subject; answers the webhook as it is then. */
    private Webhook add(Webhook webhook, String... subjects) {
        List<FeedEvent> events = Stream.of(subjects).map(this::event).toList();
        assertThat(deliveries.add(webhook, events, FeedPosition.endOf(lastIndex)))
                .isTrue();
        return webhooks.find(webhook.id()).orElseThrow();
    }

    private List<Deliveries.Claimed> claim() {
        return deliveries.claim(100, 100, Map.of());
    }

    private String subject(Deliveries.Claimed claimed) {
        return store.ownerSql()
                .sql("select subject from webhook_delivery where event_identifier = :id")
                .param("id", claimed.eventId())
                .query(String.class)
                .single();
    }

    private static Deliveries.Result result(Deliveries.Claimed claimed, Delivery.State next) {
        return new Deliveries.Result(
                claimed,
                Instant.EPOCH,
                new WebhookClient.Attempt(DeliveryOutcome.DELIVERED, 200, Duration.ZERO, Optional.empty()),
                next,
                0,
                false);
    }

    private void delivered(Deliveries.Claimed claimed) {
        deliveries.record(List.of(result(claimed, Delivery.State.DELIVERED)));
    }

    private void leasesAreOver() {
        store.ownerSql()
                .sql("update webhook_delivery set due_at = clock_timestamp(), leased_until = clock_timestamp()"
                        + " where leased_until is not null")
                .update();
    }

    @Test
    void of_a_subject_one_is_sent_at_a_time_and_subjects_go_side_by_side() {
        Webhook webhook = add(webhook(true), "a", "a", "b");
        List<Deliveries.Claimed> first = claim();
        assertThat(first).extracting(this::subject).containsExactlyInAnyOrder("a", "b");
        assertThat(claim()).as("what somebody has").isEmpty();
        add(webhook, "a");
        first.forEach(this::delivered);
        List<Deliveries.Claimed> second = claim();
        assertThat(second).extracting(this::subject).containsExactly("a");
        delivered(second.get(0));
        List<Deliveries.Claimed> third = claim();
        assertThat(third).extracting(this::subject).containsExactly("a");
        assertThat(List.of(
                        first.get(0).position(),
                        second.get(0).position(),
                        third.get(0).position()))
                .isSorted();
    }

    @Test
    void without_order_all_are_sent_at_once() {
        add(webhook(false), "a", "a", "a");
        assertThat(claim()).hasSize(3);
    }

    @Test
    void of_two_nodes_that_read_the_same_one_adds_it() {
        Webhook webhook = webhook(true);
        List<FeedEvent> events = List.of(event("a"));
        assertThat(deliveries.add(webhook, events, FeedPosition.endOf(lastIndex)))
                .isTrue();
        assertThat(deliveries.add(webhook, events, FeedPosition.endOf(lastIndex)))
                .isFalse();
        assertThat(claim()).hasSize(1);
    }

    @Test
    void a_claim_that_lapsed_is_anybodys_and_its_late_result_counts_for_nothing() {
        add(webhook(true), "a", "a");
        Deliveries.Claimed lost = claim().get(0);
        leasesAreOver();
        Deliveries.Claimed taken = claim().get(0);
        assertThat(taken.eventId()).isEqualTo(lost.eventId());
        delivered(lost);
        assertThat(claim())
                .as("the next of the subject waits for who has the claim")
                .isEmpty();
        delivered(taken);
        delivered(taken);
        assertThat(claim()).hasSize(1);
    }

    @Test
    void what_was_given_up_blocks_its_subject_alone() {
        Webhook webhook = add(webhook(true), "a", "a", "b", "b");
        for (Deliveries.Claimed each : claim()) {
            deliveries.record(
                    List.of(result(each, subject(each).equals("a") ? Delivery.State.DEAD : Delivery.State.DELIVERED)));
        }
        assertThat(claim()).extracting(this::subject).containsExactly("b");
        Delivery dead = deliveries
                .list(webhook.id(), List.of(Delivery.State.DEAD), null, 10)
                .get(0);
        assertThat(dead.history()).hasSize(1);
        assertThat(deliveries.retry(webhook.id(), dead.eventId())).isTrue();
        Deliveries.Claimed again = claim().get(0);
        assertThat(again.eventId()).isEqualTo(dead.eventId());
        assertThat(again.attempts()).as("from the first rung").isZero();
        assertThat(deliveries.retry(webhook.id(), dead.eventId()))
                .as("it is under way")
                .isFalse();
        assertThat(deliveries.skip(webhook.id(), dead.eventId())).isFalse();
        deliveries.record(List.of(result(again, Delivery.State.DEAD)));
        assertThat(transaction().<Boolean>execute(status -> deliveries.skip(webhook.id(), dead.eventId())))
                .isTrue();
        assertThat(claim()).extracting(this::subject).containsExactly("a");
    }

    @Test
    void nobody_takes_more_than_there_is_room_for_and_the_paused_are_left_alone() {
        Webhook one = add(webhook(false), "a", "b", "c");
        Webhook two = add(transaction().execute(status -> another(false)), "a", "b", "c");
        Webhook paused = add(transaction().execute(status -> another(false)), "a");
        transaction().executeWithoutResult(status -> webhooks.set(paused.id(), Webhook.Status.PAUSED));
        assertThat(deliveries.add(paused, List.of(event("a")), FeedPosition.endOf(lastIndex)))
                .isFalse();
        assertThat(deliveries.claim(100, 1, Map.of(two.id(), 0)))
                .extracting(Deliveries.Claimed::webhookId)
                .containsExactly(one.id());
        assertThat(deliveries.claim(3, 100, Map.of())).hasSize(3);
        assertThat(claim()).hasSize(2).extracting(Deliveries.Claimed::webhookId).doesNotContain(paused.id());
        assertThat(deliveries.room(two.id())).isEqualTo(Deliveries.MOST_WAITING - 3);
    }

    @Test
    void whoever_adds_while_another_finishes_leaves_nothing_behind() throws InterruptedException, ExecutionException {
        Webhook webhook = webhook(true);
        int rounds = 150;
        ExecutorService threads = Executors.newFixedThreadPool(1);
        try {
            Webhook start = webhook;
            Future<?> adding = threads.submit(() -> {
                Webhook now = start;
                for (int n = 0; n < rounds; n++) {
                    now = add(now, "a");
                }
            });
            List<FeedPosition> sent = new ArrayList<>();
            while (sent.size() < rounds) {
                boolean over = adding.isDone();
                List<Deliveries.Claimed> claimed = claim();
                assertThat(claimed.isEmpty() && over)
                        .as("after %d of %d nothing is ready", sent.size(), rounds)
                        .isFalse();
                for (Deliveries.Claimed each : claimed) {
                    sent.add(each.position());
                    delivered(each);
                }
            }
            adding.get();
            assertThat(sent).isSorted().doesNotHaveDuplicates();
        } finally {
            threads.shutdownNow();
        }
    }

    private void purge() {
        boolean more = true;
        while (more) {
            more = deliveries.purge(1);
        }
    }

    @Test
    void what_is_over_goes_bit_by_bit() {
        Webhook webhook = add(webhook(false), "a", "b", "c");
        List<Deliveries.Claimed> claimed = claim();
        delivered(claimed.get(0));
        delivered(claimed.get(1));
        store.ownerSql()
                .sql(
                        "update webhook_delivery set finished_at = finished_at - interval '8 days' where event_identifier = :id")
                .param("id", claimed.get(0).eventId())
                .update();
        purge();
        assertThat(deliveries.list(webhook.id(), List.of(), null, 10))
                .hasSize(2)
                .extracting(Delivery::eventId)
                .doesNotContain(claimed.get(0).eventId());
        transaction().executeWithoutResult(status -> webhooks.delete(webhook.id()));
        purge();
        assertThat(store.ownerSql()
                        .sql("select count(*) from webhook where status = 'deleted'")
                        .query(Integer.class)
                        .single())
                .isZero();
    }
}
