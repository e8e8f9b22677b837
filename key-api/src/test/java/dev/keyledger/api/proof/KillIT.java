package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that is killed under load, as by a power cut, again and again: whatever it had acknowledged is there afterwards, exactly once, and
 * nothing else has happened than what was asked.
 */
class KillIT {

    private static final int KILLS = Integer.getInteger("keyledger.kills", 3);
    private static final int THREADS = 12;
    private static final String PLAINTEXT = Base64.getEncoder().encodeToString("kept".getBytes(StandardCharsets.UTF_8));

    /** An answer that a client has seen, and what became of its request: {@code Success} or {@code Refused}. */
    private record Acknowledged(String requestId, String action, String outcome) {}

    /** The node was too busy; a request that got this answer may or may not have been carried out. */
    private static final class Busy extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** A ciphertext that a client was given, and the key it needs. */
    private record Ciphertext(String keyId, String blob) {}

    private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Ciphertext> ciphertexts = new ConcurrentLinkedQueue<>();

    /** States a key may be in: one, unless the kill came between a request and its answer. */
    private final Map<String, Set<String>> possible = new ConcurrentHashMap<>();

    @Test
    void whatever_was_acknowledged_survives_kills_exactly_once(@TempDir Path directory) throws InterruptedException {
        RandomGenerator random = RandomGenerator.getDefault();
        System.out.println("kill -9 under load, " + KILLS + " times");
        KeyledgerProcess node = KeyledgerProcess.in(directory.resolve("node")).start();
        try {
            for (int kill = 1; kill <= KILLS; kill++) {
                int before = acknowledged.size();
                loadUntilKilled(node, before + 150 + random.nextInt(400));
                long started = System.nanoTime();
                node = node.restart();
                System.out.printf(
                        "kill %d: %d requests acknowledged so far, serving again after %d ms%n",
                        kill, acknowledged.size(), (System.nanoTime() - started) / 1_000_000);
                check(node);
            }
            node.stop();
        } finally {
            node.close();
        }
        int events = ViewReplay.compare(node.dataDirectory());
        System.out.printf(
                "after %d kills: %d acknowledged requests each with one record, %d keys in the state last acknowledged, views equal to a replay of %d events%n",
                KILLS, acknowledged.size(), possible.size(), events);
    }

    private void loadUntilKilled(KeyledgerProcess node, int target) throws InterruptedException {
        AtomicInteger running = new AtomicInteger(THREADS);
        Threads.run(THREADS + 1, number -> {
            if (number == THREADS) {
                Await.until(
                        "enough is acknowledged",
                        Duration.ofMinutes(2),
                        () -> acknowledged.size() >= target || running.get() == 0);
                node.kill();
            } else {
                try {
                    new Worker(new SignedHttp(node), number).work();
                } finally {
                    running.decrementAndGet();
                }
            }
        });
    }

    /** One client that makes keys of its own and sends them through their states until the node is gone. */
    private final class Worker {

        private final SignedHttp client;
        private final String name;
        private int number;

        Worker(SignedHttp client, int number) {
            this.client = client;
            this.name = number + "-" + System.nanoTime();
        }

        void work() {
            try {
                while (true) {
                    try {
                        liveOnce();
                    } catch (Busy goOnWithAnotherKey) {
                        number++;
                    }
                }
            } catch (IOException gone) {
                // The node was killed, which is the end of this client's work.
            }
        }

        private void liveOnce() throws IOException, Busy {
            number++;
            if (number % 4 == 0) {
                importOnce();
                return;
            }
            String key = call("CreateKey", Map.of("Description", name)).text("KeyMetadata.KeyId");
            possible.put(key, Set.of("Enabled"));
            String alias = "alias/" + name + "-" + number;
            call("CreateAlias", Map.of("AliasName", alias, "KeyId", key));
            encrypt(key);
            change("DisableKey", key, "Enabled", "Disabled");
            call("TagResource", Map.of("KeyId", key, "Tags", "[{\"TagKey\":\"owner\",\"TagValue\":\"" + name + "\"}]"));
            change("EnableKey", key, "Disabled", "Enabled");
            encrypt(key);
            call("UpdateKeyDescription", Map.of("KeyId", key, "Description", name + " again"));
            if (number % 3 == 0) {
                change("ScheduleKeyDeletion", key, "Enabled", "PendingDeletion");
                if (number % 2 == 0) {
                    change("CancelKeyDeletion", key, "PendingDeletion", "Enabled");
                }
            }
            if (number % 5 == 0) {
                call("DeleteAlias", Map.of("AliasName", alias));
            }
        }

        private void importOnce() throws IOException, Busy {
            String key = call("CreateKey", Map.of("Origin", "EXTERNAL")).text("KeyMetadata.KeyId");
            possible.put(key, Set.of("PendingImport"));
            Answer parameters = call(
                    "GetParametersForImport",
                    Map.of("KeyId", key, "WrappingAlgorithm", "RSAES_OAEP_SHA_256", "WrappingKeySpec", "RSA_2048"));
            possible.put(key, Set.of("PendingImport", "Enabled"));
            call(
                    "ImportKeyMaterial",
                    Map.of(
                            "KeyId",
                            key,
                            "ImportToken",
                            parameters.text("ImportToken"),
                            "EncryptedKeyMaterial",
                            Wrapping.wrap("RSAES_OAEP_SHA_256", parameters.text("PublicKey"), Wrapping.material())));
            possible.put(key, Set.of("Enabled"));
            encrypt(key);
        }

        private void encrypt(String key) throws IOException, Busy {
            String blob = call("Encrypt", Map.of("KeyId", key, "Plaintext", PLAINTEXT))
                    .text("CiphertextBlob");
            ciphertexts.add(new Ciphertext(key, blob));
        }

        private void change(String action, String key, String from, String to) throws IOException, Busy {
            possible.put(key, Set.of(from, to));
            Map<String, String> parameters = new LinkedHashMap<>(Map.of("KeyId", key));
            if (action.equals("ScheduleKeyDeletion")) {
                parameters.put("PendingWindowInDays", "7");
            }
            call(action, parameters);
            possible.put(key, Set.of(to));
        }

        private Answer call(String action, Map<String, String> parameters) throws IOException, Busy {
            Answer answer = SignedHttp.answer(action, client.sendOrFail(action, parameters));
            if ("ServiceUnavailableTemporary".equals(answer.code())) {
                throw new Busy();
            }
            if ("Rejected.Throttling".equals(answer.code())) {
                acknowledged.add(new Acknowledged(answer.text("RequestId"), action, "Refused"));
                throw new Busy();
            }
            answer.granted();
            acknowledged.add(new Acknowledged(answer.text("RequestId"), action, "Success"));
            return answer;
        }
    }

    private void check(KeyledgerProcess node) {
        Store store = Store.embeddedIn(node);
        checkRecords(store);
        checkStates(new SignedHttp(node));
        checkCiphertexts(new SignedHttp(node));
        assertThat(store.texts("""
                        select e.event_identifier from domain_event e
                        where (select count(*) from audit_record where e.event_identifier = any(event_ids)) <> 1
                        """)).as("events without exactly one record").isEmpty();
        assertThat(store.texts("""
                        select coalesce(s.key_id, m.key_id)::text from key_state s
                        full join key_material m on m.key_id = s.key_id and m.version_id = s.material_version
                        where s.key_id is null or (s.material_version is not null and m.key_id is null)
                        """))
                .as("material without its key, or a key without its material")
                .isEmpty();
    }

    private void checkRecords(Store store) {
        Map<String, List<String>> records = new HashMap<>();
        for (Map<String, Object> row : store.rows("select request_id, action, outcome from audit_record")) {
            records.computeIfAbsent(String.valueOf(row.get("request_id")), id -> new ArrayList<>())
                    .add(row.get("action") + " " + row.get("outcome"));
        }
        for (Acknowledged each : acknowledged) {
            assertThat(records.get(each.requestId))
                    .as("records of the acknowledged %s %s", each.action, each.requestId)
                    .containsExactly(each.action + " " + each.outcome);
        }
    }

    private void checkStates(KmsClient client) {
        possible.forEach((key, states) -> {
            String state =
                    client.call("DescribeKey", Map.of("KeyId", key)).granted().text("KeyMetadata.KeyState");
            assertThat(states).as("state of %s", key).contains(state);
            // From now on it is known, and no later kill may change it.
            possible.put(key, Set.of(state));
        });
    }

    private void checkCiphertexts(KmsClient client) {
        int opened = 0;
        for (Ciphertext each : ciphertexts) {
            if (Set.of("Enabled").equals(possible.get(each.keyId))) {
                assertThat(client.call("Decrypt", Map.of("CiphertextBlob", each.blob))
                                .granted()
                                .text("Plaintext"))
                        .isEqualTo(PLAINTEXT);
                opened++;
            }
        }
        assertThat(opened).isPositive();
    }
}
