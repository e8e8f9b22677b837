package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.webhook.WebhookRunner;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Events sent by HTTP, from the request that asks for it to the receiver, by two nodes over one store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhooksTest {

    private static final String PATH = "/v1/webhooks";
    private static final JsonMapper JSON = JsonMapper.shared();

    private TestDatabase database;
    private TestNode node;
    private TestNode other;
    private Rest rest;
    private Kms kms;
    private HookReceiver receiver;

    /** All that were shown in any of the tests. */
    private final List<String> secrets = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    WebhooksTest() {}

    @BeforeAll
    void start() {
        database = TestPostgres.freshDatabase();
        node = newNode();
        other = newNode();
        rest = new Rest(node);
        kms = new Kms(node);
    }

    private TestNode newNode() {
        return TestNode.with()
                .database(database)
                .testClock()
                .set("KEYLEDGER_WEBHOOK_ALLOW", "127.0.0.1:*")
                .set("KEYLEDGER_WEBHOOK_ALLOW_HTTP", "true")
                .start();
    }

    @AfterAll
    void stop() {
        node.close();
        other.close();
        database.close();
    }

    @BeforeEach
    void receive() {
        receiver = new HookReceiver();
    }

    @AfterEach
    void noMore() {
        for (JsonNode webhook : rest.get(PATH).ok().json().path("webhooks")) {
            rest.send("DELETE", PATH + "/" + webhook.path("webhookId").stringValue(), "")
                    .ok();
        }
        receiver.close();
    }

    private JdbcClient sql() {
        return JdbcClient.create(
                new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private Rest.Answer asked(Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(Map.of("url", receiver.url()));
        body.putAll(more);
        return rest.send("POST", PATH, JSON.writeValueAsString(body));
    }

    private record Hook(String id, String secret) {
        String path() {
            return PATH + "/" + id;
        }
    }

    /** A webhook that is told of nothing that was answered before. */
    private Hook create(Map<String, Object> more) {
        rest.settle();
        Rest.Answer answer = asked(more);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        secrets.add(answer.json().path("secret").stringValue());
        return new Hook(
                answer.json().path("webhookId").stringValue(),
                answer.json().path("secret").stringValue());
    }

    private Hook create() {
        return create(Map.of());
    }

    private String key() {
        return kms.call("CreateKey").ok().text("KeyMetadata.KeyId");
    }

    private void change(String key, String... acts) {
        for (String act : acts) {
            kms.call(act, "KeyId", key).ok();
        }
    }

    private List<JsonNode> deliveries(Hook hook, String... query) {
        List<JsonNode> found = new ArrayList<>();
        rest.get(Rest.query(hook.path() + "/deliveries", query))
                .ok()
                .json()
                .path("deliveries")
                .forEach(found::add);
        return found;
    }

    private JsonNode delivery(Hook hook, String eventId) {
        return deliveries(hook).stream()
                .filter(each -> each.path("eventId").stringValue().equals(eventId))
                .findFirst()
                .orElseThrow();
    }

    private void post(String path) {
        rest.send("POST", path, "").ok();
    }

    /** As if the pauses between attempts were over. */
    private void pausesAreOver() {
        sql().sql(
                        "update webhook_delivery set due_at = clock_timestamp() where state = 'ready' and leased_until is null")
                .update();
    }

    private static Map<String, List<String>> signed(HookReceiver.Message message) {
        return message.headers().entrySet().stream()
                .collect(Collectors.toMap(each -> each.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
    }

    private static void verify(HookReceiver.Message message, String secret) throws WebhookVerificationException {
        new Webhook(secret).verify(message.body(), signed(message));
    }

    @Test
    void events_arrive_signed_and_in_order() throws WebhookVerificationException {
        Hook hook = create();
        String key = key();
        change(key, "DisableKey", "EnableKey", "DisableKey");

        List<HookReceiver.Message> came = receiver.await(key, 4);
        assertThat(receiver.types(key)).containsExactly("created", "disabled", "enabled", "disabled");
        assertThat(came).isSortedAccordingTo((one, two) -> one.sequence().compareTo(two.sequence()));
        for (HookReceiver.Message message : came) {
            verify(message, hook.secret());
            assertThat(message.id()).isEqualTo(message.event().path("id").stringValue());
            assertThat(message.header("Content-type")).isEqualTo("application/cloudevents+json");
            assertThat(message.event().path("specversion").stringValue()).isEqualTo("1.0");
        }
        await().until(() -> deliveries(hook, "state", "delivered").size() == 4);
        JsonNode last = deliveries(hook).get(0);
        assertThat(last.path("sequence").stringValue()).isEqualTo(came.get(3).sequence());
        assertThat(last.at("/history/0/outcome").stringValue()).isEqualTo("delivered");
        assertThat(last.at("/history/0/status").intValue()).isEqualTo(204);
    }

    @Test
    void what_a_webhook_is_told_of_and_from_where_is_its_own_choice() {
        String early = key();
        String wanted = key();
        rest.settle();
        Hook all = create(Map.of("start", "beginning"));
        receiver.await(wanted, 1);
        HookReceiver.Message first = receiver.about(early).get(0);
        rest.send("DELETE", all.path(), "").ok();

        receiver.close();
        receiver = new HookReceiver();
        create(Map.of("start", first.sequence(), "types", List.of("keyledger.key.created")));
        receiver.await(wanted, 1);
        assertThat(receiver.about(early))
                .as("what is at the place was told before")
                .isEmpty();

        create(Map.of("keyIds", List.of(wanted), "types", List.of("keyledger.key.disabled")));
        create(Map.of("tag", Map.of("key", "team", "value", "red")));
        change(early, "DisableKey");
        kms.call("TagResource", "KeyId", wanted, "Tags", "[{\"TagKey\":\"team\",\"TagValue\":\"red\"}]")
                .ok();
        change(wanted, "DisableKey");
        // One by its key and type, two by its tag.
        receiver.await(wanted, 4);
        assertThat(receiver.types(wanted)).containsExactlyInAnyOrder("created", "tags-changed", "disabled", "disabled");
        assertThat(receiver.about(early)).isEmpty();
    }

    @Test
    void one_key_that_fails_waits_alone_and_stays_in_order() {
        AtomicInteger failures = new AtomicInteger();
        String bad = key();
        Hook hook = create();
        receiver.answers(message -> message.subject().equals(bad) && failures.incrementAndGet() <= 2 ? 500 : 200);
        change(bad, "DisableKey", "EnableKey");
        String good = key();
        change(good, "DisableKey");
        receiver.await(good, 2);

        await().until(() -> deliveries(hook, "state", "waiting").stream()
                .anyMatch(each -> each.path("history").size() == 1 && each.has("nextAttemptAt")));
        JsonNode waiting = rest.get(hook.path()).ok().json();
        assertThat(waiting.path("waiting").intValue()).isEqualTo(2);
        assertThat(receiver.types(bad)).containsExactly("disabled");
        post(hook.path() + "/deliveries/" + receiver.about(bad).get(0).id() + "/retry");
        receiver.await(bad, 2);
        await().until(() ->
                delivery(hook, receiver.about(bad).get(0).id()).path("history").size() == 2);
        pausesAreOver();
        receiver.await(bad, 4);
        assertThat(receiver.types(bad)).containsExactly("disabled", "disabled", "disabled", "enabled");
        assertThat(receiver.about(bad).stream()
                        .limit(3)
                        .map(HookReceiver.Message::id)
                        .distinct())
                .as("the same message again has the same id")
                .hasSize(1);
        await().until(() -> deliveries(hook, "state", "waiting").isEmpty());
    }

    @Test
    void what_was_given_up_blocks_its_key_until_somebody_decides() {
        String dead = key();
        String alive = key();
        Hook hook = create();
        receiver.answers(message -> message.subject().equals(dead) ? 503 : 200);
        change(dead, "DisableKey", "EnableKey", "DisableKey");
        receiver.await(dead, 1);
        giveUp(hook, dead);
        change(alive, "DisableKey");
        receiver.await(alive, 1);
        assertThat(receiver.types(dead)).containsOnly("disabled");
        assertThat(rest.get(hook.path()).ok().json().path("deadLetters").intValue())
                .isEqualTo(1);

        String first = receiver.about(dead).get(0).id();
        post(hook.path() + "/deliveries/" + first + "/skip");
        await().until(() -> receiver.types(dead).contains("enabled"));
        giveUp(hook, dead);
        receiver.answers(message -> 200);
        assertThat(rest.send("POST", hook.path() + "/dead-letters/retry", "")
                        .ok()
                        .json()
                        .path("retried")
                        .intValue())
                .isEqualTo(1);
        await().until(() -> deliveries(hook, "state", "waiting").isEmpty()
                && deliveries(hook, "state", "dead").isEmpty());
        List<String> told = receiver.types(dead);
        assertThat(told.subList(told.size() - 2, told.size())).containsExactly("enabled", "disabled");
        assertThat(delivery(hook, first).path("state").stringValue()).isEqualTo("skipped");
        rest.send("POST", hook.path() + "/deliveries/" + first + "/retry", "")
                .refused(404, "InvalidResourceId.NotFound", "No delivery");
    }

    /** Has the message that fails at present tried as often as any is. */
    private void giveUp(Hook hook, String subject) {
        await().until(() -> {
            sql().sql("""
                            update webhook_delivery set attempts = 9, due_at = clock_timestamp()
                            where state = 'ready' and leased_until is null and attempts > 0 and subject = :subject
                            """).param("subject", subject).update();
            return !deliveries(hook, "state", "dead").isEmpty();
        });
    }

    @Test
    void without_order_nothing_waits_for_anything() {
        String key = key();
        create(Map.of("ordered", false));
        receiver.answers(message -> message.type().endsWith(".disabled") ? 500 : 200);
        change(key, "DisableKey", "EnableKey");
        await().until(() -> receiver.types(key).containsAll(List.of("disabled", "enabled")));
    }

    @Test
    void a_receiver_that_is_gone_is_left_alone_until_it_is_resumed() {
        Hook hook = create();
        receiver.answers(message -> 410);
        String key = key();
        change(key, "DisableKey");
        await().until(() ->
                rest.get(hook.path()).ok().json().path("status").stringValue().equals("disabled"));
        assertThat(rest.get(hook.path()).json().path("statusReason").stringValue())
                .contains("410");
        receiver.answers(message -> 200);
        post(hook.path() + "/resume");
        pausesAreOver();
        await().until(() -> receiver.types(key).contains("disabled"));
        assertThat(receiver.types(key)).containsSubsequence("created", "created", "disabled");
    }

    @Test
    void a_pause_loses_nothing() {
        Hook hook = create();
        String key = key();
        receiver.await(key, 1);
        post(hook.path() + "/pause");
        change(key, "DisableKey");
        rest.settle();
        String after = key();
        Hook witness = create(Map.of("keyIds", List.of(after)));
        change(after, "DisableKey");
        receiver.await(after, 1);
        await().until(() -> deliveries(witness, "state", "delivered").size() == 1);
        assertThat(receiver.types(key)).containsExactly("created");
        post(hook.path() + "/resume");
        receiver.await(key, 2);
        assertThat(receiver.types(key)).containsExactly("created", "disabled");
    }

    @Test
    void a_secret_is_replaced_without_a_gap() throws WebhookVerificationException {
        Hook hook = create();
        String fresh = rest.send("POST", hook.path() + "/rotate-secret", "")
                .ok()
                .json()
                .path("secret")
                .stringValue();
        secrets.add(fresh);
        String key = key();
        HookReceiver.Message both = receiver.await(key, 1).get(0);
        verify(both, hook.secret());
        verify(both, fresh);

        String last = rest.send("POST", hook.path() + "/rotate-secret?overlapHours=0", "")
                .ok()
                .json()
                .path("secret")
                .stringValue();
        secrets.add(last);
        change(key, "DisableKey");
        HookReceiver.Message one = receiver.await(key, 2).get(1);
        verify(one, last);
        assertThatThrownBy(() -> verify(one, fresh)).isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() -> verify(one, hook.secret())).isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void a_test_shows_whether_messages_arrive_and_no_more() throws WebhookVerificationException {
        Hook hook = create();
        receiver.answers(message -> 418);
        JsonNode outcome = rest.send("POST", hook.path() + "/test", "").ok().json();
        assertThat(outcome.path("outcome").stringValue()).isEqualTo("http-error");
        assertThat(outcome.path("status").stringValue()).isEqualTo("4xx");
        HookReceiver.Message message = receiver.await("webhook/" + hook.id(), 1).get(0);
        verify(message, hook.secret());
        assertThat(message.type()).isEqualTo("keyledger.webhook.test");
        assertThat(message.id()).isEqualTo(outcome.path("eventId").stringValue());
        assertThat(deliveries(hook)).isEmpty();
        receiver.close();
        assertThat(rest.send("POST", hook.path() + "/test", "")
                        .ok()
                        .json()
                        .path("outcome")
                        .stringValue())
                .isEqualTo("unreachable");
    }

    @Test
    void urls_inside_and_what_is_not_understood_are_refused() {
        for (String url :
                List.of("http://10.0.0.1/", "https://169.254.169.254/", "https://[::1]/", "ftp://x.example/")) {
            asked(Map.of("url", url)).refused(400, "InvalidParameter", "\"url\"");
        }
        asked(Map.of("url", "")).refused(400, "MissingParameter", "url");
        asked(Map.of("types", List.of("keyledger.key.invented"))).refused(400, "InvalidParameter", "types");
        asked(Map.of("types", "keyledger.key.created")).refused(400, "InvalidParameter", "types");
        asked(Map.of("keyIds", List.of("mine"))).refused(400, "InvalidParameter", "keyIds");
        asked(Map.of("tag", Map.of("key", "team"))).refused(400, "InvalidParameter", "tag");
        asked(Map.of("start", "yesterday")).refused(400, "InvalidParameter", "start");
        asked(Map.of("ordered", "yes")).refused(400, "InvalidParameter", "ordered");
        asked(Map.of("order", true)).refused(400, "InvalidParameter", "order");
        rest.get(PATH + "/nothing").refused(404, "InvalidResourceId.NotFound", "no webhook");
        rest.send("POST", PATH + "/01234567-89ab-cdef-0123-456789abcdef/test", "")
                .refused(404, "InvalidResourceId.NotFound", "no webhook");
        assertThat(rest.get(PATH).ok().json().path("webhooks")).isEmpty();
    }

    @Test
    void a_claim_that_nobody_finishes_is_another_nodes() {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        receiver.answers(message -> {
            if (count.incrementAndGet() == 1) {
                try {
                    stuck.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return 200;
        });
        Hook hook = create();
        String key = key();
        change(key, "DisableKey");
        receiver.await(key, 1);
        // As if the node that has the claim were gone, and its time over.
        sql().sql(
                        "update webhook_delivery set due_at = clock_timestamp(), leased_until = clock_timestamp() where subject = :key")
                .param("key", key)
                .update();
        receiver.await(key, 3);
        assertThat(receiver.types(key)).containsExactly("created", "created", "disabled");
        assertThat(receiver.about(key).get(0).id())
                .isEqualTo(receiver.about(key).get(1).id());
        stuck.countDown();
        await().until(() -> deliveries(hook, "state", "delivered").size() == 2);
        assertThat(delivery(hook, receiver.about(key).get(0).id()).path("history"))
                .as("who comes too late changes nothing")
                .hasSize(1);
    }

    @Test
    void two_nodes_and_a_receiver_that_fails_now_and_then_lose_nothing_and_keep_every_order() {
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        receiver.answers(message ->
                Math.floorMod(message.id().hashCode(), 7) == 0 && seen.merge(message.id(), 1, Integer::sum) == 1
                        ? 500
                        : 200);
        Hook hook = create();
        List<String> keys = IntStream.range(0, 20).mapToObj(n -> key()).toList();
        Kms others = new Kms(other);
        keys.parallelStream().forEach(key -> {
            for (int n = 0; n < 5; n++) {
                kms.call("DisableKey", "KeyId", key).ok();
                others.call("EnableKey", "KeyId", key).ok();
            }
        });
        int total = keys.size() * 11;
        await().until(() -> {
            pausesAreOver();
            return deliveries(hook, "state", "delivered", "limit", "1000").size() == total;
        });
        Map<String, Set<String>> told = new HashMap<>();
        receiver.all()
                .forEach(message -> told.computeIfAbsent(message.subject(), subject -> new LinkedHashSet<>())
                        .add(message.sequence()));
        for (String key : keys) {
            List<String> expected =
                    sql().sql("""
                            select lpad(log_index::text, 20, '0') || '.' || lpad(part::text, 3, '0') from feed_event
                            where subject = :key order by log_index, part
                            """).param("key", key).query(String.class).list();
            assertThat(expected).hasSize(11);
            assertThat(told.get(key)).containsExactlyElementsOf(expected);
        }
        assertThat(new HashSet<>(sql().sql("select claims from webhook_delivery where webhook_id::text = :id")
                        .param("id", hook.id())
                        .query(Integer.class)
                        .list()))
                .as("nothing was sent twice that need not be")
                .isSubsetOf(Set.of(1, 2));
    }

    @Test
    void in_quarantine_nothing_leaves() {
        TestNode locked = newNode();
        try {
            node.bean(WebhookRunner.class).stop();
            other.bean(WebhookRunner.class).stop();
            locked.bean(Quarantine.class).enter("a test");
            Hook hook = create();
            String key = key();
            rest.settle();
            // Twice as long as it takes a node to look by itself.
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> deliveries(hook).isEmpty());
            assertThat(receiver.about(key)).isEmpty();
        } finally {
            locked.close();
            node.bean(WebhookRunner.class).start();
            other.bean(WebhookRunner.class).start();
        }
        await().until(() -> !receiver.all().isEmpty());
    }

    @Test
    void every_act_has_its_record_and_no_secret_is_written_down() {
        Hook hook = create();
        String key = key();
        receiver.await(key, 1);
        post(hook.path() + "/pause");
        post(hook.path() + "/resume");
        post(hook.path() + "/test");
        secrets.add(rest.send("POST", hook.path() + "/rotate-secret", "")
                .ok()
                .json()
                .path("secret")
                .stringValue());
        rest.get(hook.path() + "/deliveries").ok();
        String listed = rest.get(PATH).ok().text() + rest.get(hook.path()).ok().text();
        rest.send("DELETE", hook.path(), "").ok();
        assertThat(sql().sql("select action from audit_record where reason like :id and outcome = 'Success'")
                        .param("id", hook.id() + "%")
                        .query(String.class)
                        .list())
                .contains(
                        "CreateWebhook",
                        "PauseWebhook",
                        "ResumeWebhook",
                        "TestWebhook",
                        "RotateWebhookSecret",
                        "DeleteWebhook");
        assertThat(sql().sql("select count(*) from webhook_secret where webhook_id::text = :id")
                        .param("id", hook.id())
                        .query(Integer.class)
                        .single())
                .isZero();
        String stored = String.join(
                "\n",
                sql().sql("select w::text from webhook w union all select d::text from webhook_delivery d"
                                + " union all select a::text from audit_record a")
                        .query(String.class)
                        .list());
        for (String secret : secrets) {
            assertThat(listed).doesNotContain(secret);
            assertThat(stored).doesNotContain(secret, secret.substring(6, 30));
        }
    }
}
