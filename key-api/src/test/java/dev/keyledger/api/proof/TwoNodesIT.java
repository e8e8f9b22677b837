package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one database are one service: neither shows or allows what the other has ended. */
class TwoNodesIT {

    private static final String PLAINTEXT = Base64.getEncoder().encodeToString("x".getBytes(StandardCharsets.UTF_8));

    private static NodePair pair;
    private static KmsClient first;
    private static KmsClient second;

    @BeforeAll
    static void start(@TempDir Path directory) {
        pair = new NodePair(directory, false);
        first = new SignedHttp(pair.first());
        second = new SignedHttp(pair.second());
    }

    @AfterAll
    static void stop() {
        pair.close();
    }

    @Test
    void a_change_acknowledged_on_one_is_seen_by_the_next_call_on_the_other() {
        String key = create();
        Map<String, String> encrypt = Map.of("KeyId", key, "Plaintext", PLAINTEXT);
        for (int round = 0; round < 25; round++) {
            KmsClient here = round % 2 == 0 ? first : second;
            KmsClient there = round % 2 == 0 ? second : first;
            here.call("DisableKey", Map.of("KeyId", key)).granted();
            there.call("Encrypt", encrypt).refusedWith("Rejected.Disabled");
            assertThat(state(there, key)).isEqualTo("Disabled");
            there.call("EnableKey", Map.of("KeyId", key)).granted();
            here.call("Encrypt", encrypt).granted();

            String alias = "alias/round-" + round;
            here.call("CreateAlias", Map.of("AliasName", alias, "KeyId", key)).granted();
            there.call("Encrypt", Map.of("KeyId", alias, "Plaintext", PLAINTEXT))
                    .granted();
            there.call("DeleteAlias", Map.of("AliasName", alias)).granted();
            here.call("Encrypt", Map.of("KeyId", alias, "Plaintext", PLAINTEXT)).refusedWith("Forbidden.AliasNotFound");

            here.call("UpdateKeyDescription", Map.of("KeyId", key, "Description", "round " + round))
                    .granted();
            assertThat(there.call("DescribeKey", Map.of("KeyId", key)).granted().text("KeyMetadata.Description"))
                    .isEqualTo("round " + round);
            here.call(
                            "TagResource",
                            Map.of("KeyId", key, "Tags", "[{\"TagKey\":\"round\",\"TagValue\":\"" + round + "\"}]"))
                    .granted();
            assertThat(Json.write(there.call("ListResourceTags", Map.of("KeyId", key))
                            .granted()
                            .body()))
                    .contains("\"" + round + "\"");
        }
    }

    @Test
    void an_import_token_of_one_node_imports_on_the_other() {
        byte[] material = Wrapping.material();
        ExternalKey here = ExternalKey.create(first, "RSAES_OAEP_SHA_256");
        ExternalKey there =
                new ExternalKey(second, here.keyId(), here.wrappingAlgorithm(), here.token(), here.publicKey());
        there.importMaterial(material).granted();
        assertThat(here.state()).isEqualTo("Enabled");
        here.importMaterial(Wrapping.material()).refusedWith("InvalidKeyMaterial");
    }

    @Test
    void sixteen_failures_on_one_node_end_the_token_on_the_other() {
        byte[] material = Wrapping.material();
        ExternalKey here = ExternalKey.create(first, "RSAES_PKCS1_V1_5");
        ExternalKey there =
                new ExternalKey(second, here.keyId(), here.wrappingAlgorithm(), here.token(), here.publicKey());
        for (int failure = 0; failure < 16; failure++) {
            here.importMaterial(new byte[31]).refusedWith("InvalidKeyMaterial");
        }
        there.importMaterial(material).refusedWith("InvalidImportToken");
        here.importMaterial(material).refusedWith("InvalidImportToken");
        assertThat(there.state()).isEqualTo("PendingImport");
        ExternalKey.of(second, here.keyId(), "RSAES_PKCS1_V1_5")
                .importMaterial(material)
                .granted();
    }

    @Test
    void many_threads_on_both_nodes_fight_over_one_key_and_no_update_is_lost() throws InterruptedException {
        String key = create();
        int threads = 64;
        int rounds = 12;
        Map<String, AtomicInteger> acknowledged = new ConcurrentHashMap<>();
        Set<String> codes = ConcurrentHashMap.newKeySet();
        List<String> actions = List.of("DisableKey", "ScheduleKeyDeletion", "EnableKey", "CancelKeyDeletion");
        Threads.run(threads, number -> {
            KmsClient client = new SignedHttp(number % 2 == 0 ? pair.first() : pair.second());
            for (int round = 0; round < rounds; round++) {
                String action = actions.get((number + round) % actions.size());
                Map<String, String> parameters = new TreeMap<>(Map.of("KeyId", key));
                if (action.equals("ScheduleKeyDeletion")) {
                    parameters.put("PendingWindowInDays", "7");
                }
                Answer answer = client.call(action, parameters);
                if (answer.code() == null) {
                    acknowledged
                            .computeIfAbsent(action, name -> new AtomicInteger())
                            .incrementAndGet();
                } else {
                    codes.add(answer.code());
                }
            }
        });
        assertThat(codes)
                .as("every refusal is of the key's state, or a clean one of too many at a time")
                .isSubsetOf("Rejected.StateModifiedFailed", "Rejected.Throttling");

        Store store = pair.store();
        List<String> facts = store.texts("select payload_type from domain_event where aggregate_identifier like '%"
                + key + "' order by sequence_number");
        assertThat(store.texts("select sequence_number from domain_event where aggregate_identifier like '%" + key
                        + "' order by sequence_number"))
                .as("the stream has no gap")
                .isEqualTo(IntStream.range(0, facts.size())
                        .mapToObj(Integer::toString)
                        .toList());
        String state = fold(facts);
        assertThat(state(first, key)).isEqualTo(state);
        assertThat(state(second, key)).isEqualTo(state);
        assertThat(count(facts, "keyledger.key.deletion-scheduled"))
                .isEqualTo(granted(acknowledged, "ScheduleKeyDeletion"));
        assertThat(count(facts, "keyledger.key.deletion-cancelled"))
                .isEqualTo(granted(acknowledged, "CancelKeyDeletion"));
        assertThat(granted(acknowledged, "ScheduleKeyDeletion")).isPositive();
        for (String action : actions) {
            assertThat(store.count("select count(*) from audit_record where action = '" + action
                            + "' and outcome = 'Success' and '" + key + "' = any(key_ids)"))
                    .as("records of %s", action)
                    .isEqualTo(granted(acknowledged, action));
        }
        assertThat(store.count("select count(*) from domain_event e where aggregate_identifier like '%" + key
                        + "' and (select count(*) from audit_record where e.event_identifier = any(event_ids)) <> 1"))
                .as("events without exactly one record")
                .isZero();
    }

    /** Goes through the facts of one key with material and fails at the first that could not follow the one before. */
    private static String fold(List<String> facts) {
        String state = "";
        for (String fact : facts) {
            String before = state;
            state = switch (fact) {
                case "keyledger.key.created" -> from(before, fact, "Enabled", "");
                case "keyledger.key.disabled" -> from(before, fact, "Disabled", "Enabled");
                case "keyledger.key.enabled" -> from(before, fact, "Enabled", "Disabled");
                case "keyledger.key.deletion-scheduled" -> from(before, fact, "PendingDeletion", "Enabled", "Disabled");
                case "keyledger.key.deletion-cancelled" -> from(before, fact, "Enabled", "PendingDeletion");
                default -> throw new AssertionError(fact);
            };
        }
        return state;
    }

    private static String from(String before, String fact, String after, String... allowed) {
        assertThat(List.of(allowed)).as("state before %s", fact).contains(before);
        return after;
    }

    private static int granted(Map<String, AtomicInteger> acknowledged, String action) {
        AtomicInteger count = acknowledged.get(action);
        return count == null ? 0 : count.get();
    }

    private static int count(List<String> facts, String name) {
        return (int) facts.stream().filter(name::equals).count();
    }

    private static String create() {
        return first.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
    }

    private static String state(KmsClient client, String key) {
        return client.call("DescribeKey", Map.of("KeyId", key)).granted().text("KeyMetadata.KeyState");
    }
}
