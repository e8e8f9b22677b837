package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Clients that ask without a pause, each with a key of its own, and what they were told. Afterwards everything they were told is compared with
 * the records and with the keys.
 */
final class Load implements AutoCloseable {

    /** What a client asks for. */
    enum Kind {
        /** Uses and descriptions of its key. */
        USES,
        /** Switches its key off and on. */
        CHANGES,
        /** Makes keys, with names, tags and imported material, and has them deleted. */
        MAKES
    }

    /**
     * An answer.
     *
     * @param requestId the service's name for the request
     * @param code error code; empty for a success
     */
    private record Told(String requestId, String action, String code) {}

    private static final String UNAVAILABLE = "ServiceUnavailableTemporary";
    private static final String FLOOD = "Rejected.Throttling";
    private static final String WRAPPING = "RSAES_OAEP_SHA_256";
    private static final String PLAINTEXT = Base64.getEncoder().encodeToString("load".getBytes(StandardCharsets.UTF_8));
    private static final long END_SECONDS = 60;
    private static final int PATIENT_ATTEMPTS = 10;

    /** Between two attempts to reach a node that is not there. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> clients = new ArrayList<>();
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Map<String, LongAdder> codes = new ConcurrentHashMap<>();
    private final Map<Kind, LongAdder> successes = new ConcurrentHashMap<>();
    private final AtomicInteger withoutAnswer = new AtomicInteger();
    private final Map<String, Set<String>> possibleStates = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /** Uses, and a change for every four clients: what a service does most of the day. */
    static List<Kind> mostlyUses(int clients) {
        List<Kind> kinds = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            kinds.add(i % 4 == 0 ? Kind.CHANGES : Kind.USES);
        }
        return kinds;
    }

    /** Starts one client of each kind named, on the nodes by turns; their keys are made first. */
    static Load on(List<URI> nodes, AccessKeyPair accessKey, List<Kind> kinds, Duration patience) {
        Load load = new Load();
        List<SignedHttp> links = nodes.stream()
                .map(node -> new SignedHttp(node, accessKey, patience))
                .toList();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            SignedHttp http = links.get(i % links.size());
            String key = create(http);
            load.possibleStates.put(key, Set.of("Enabled"));
            clients.add(load.new Client(http, kinds.get(i), key));
        }
        clients.forEach(client -> load.clients.add(load.threads.submit(client)));
        return load;
    }

    /** Starts one client of each kind named. */
    static Load on(URI node, AccessKeyPair accessKey, List<Kind> kinds) {
        return on(List.of(node), accessKey, kinds, SignedHttp.TIME_LIMIT);
    }

    private static String create(KmsClient client) {
        for (int attempt = 0; ; attempt++) {
            Answer answer = client.call("CreateKey", Map.of());
            if (attempt == PATIENT_ATTEMPTS || !UNAVAILABLE.equals(answer.code())) {
                return answer.granted().text("KeyMetadata.KeyId");
            }
        }
    }

    /** One who asks. */
    private final class Client implements Runnable {

        private final SignedHttp http;
        private final Kind kind;
        private final String key;
        private String ciphertext = "";

        Client(SignedHttp http, Kind kind, String key) {
            this.http = http;
            this.kind = kind;
            this.key = key;
        }

        @Override
        public void run() {
            for (int turn = 0; !stopping; turn++) {
                switch (kind) {
                    case USES -> use(turn);
                    case CHANGES -> change(turn);
                    case MAKES -> make(turn);
                }
            }
        }

        private void use(int turn) {
            if (ciphertext.isEmpty()) {
                ciphertext = member(ask("Encrypt", Map.of("KeyId", key, "Plaintext", PLAINTEXT)), "CiphertextBlob");
                return;
            }
            switch (turn % 4) {
                case 0 ->
                    ciphertext = member(ask("Encrypt", Map.of("KeyId", key, "Plaintext", PLAINTEXT)), "CiphertextBlob");
                case 1 -> ask("GenerateDataKey", Map.of("KeyId", key));
                case 2 -> ask("DescribeKey", Map.of("KeyId", key));
                default -> {
                    Answer opened = ask("Decrypt", Map.of("CiphertextBlob", ciphertext));
                    if (granted(opened)) {
                        assertThat(member(opened, "Plaintext")).isEqualTo(PLAINTEXT);
                    }
                }
            }
        }

        private void change(int turn) {
            String action = turn % 2 == 0 ? "DisableKey" : "EnableKey";
            String after = turn % 2 == 0 ? "Disabled" : "Enabled";
            Set<String> before = possibleStates.getOrDefault(key, Set.of());
            Set<String> either = new HashSet<>(before);
            either.add(after);
            possibleStates.put(key, Set.copyOf(either));
            Answer answer = ask(action, Map.of("KeyId", key));
            if (granted(answer)) {
                possibleStates.put(key, Set.of(after));
            } else if (answer != null && !UNAVAILABLE.equals(answer.code())) {
                possibleStates.put(key, before);
            }
        }

        private void make(int turn) {
            boolean external = turn % 4 == 0;
            String made =
                    member(ask("CreateKey", external ? Map.of("Origin", "EXTERNAL") : Map.of()), "KeyMetadata.KeyId");
            if (made.isEmpty()) {
                return;
            }
            ask("CreateAlias", Map.of("KeyId", made, "AliasName", "alias/" + made));
            ask("TagResource", Map.of("KeyId", made, "Tags", "[{\"TagKey\":\"made\",\"TagValue\":\"by-load\"}]"));
            if (external) {
                importInto(made);
            }
            ask("ScheduleKeyDeletion", Map.of("KeyId", made, "PendingWindowInDays", "7"));
        }

        private void importInto(String made) {
            Answer parameters = ask(
                    "GetParametersForImport",
                    Map.of("KeyId", made, "WrappingAlgorithm", WRAPPING, "WrappingKeySpec", "RSA_2048"));
            if (granted(parameters)) {
                ask(
                        "ImportKeyMaterial",
                        Map.of(
                                "KeyId",
                                made,
                                "ImportToken",
                                member(parameters, "ImportToken"),
                                "EncryptedKeyMaterial",
                                Wrapping.wrap(WRAPPING, member(parameters, "PublicKey"), Wrapping.material())));
            }
        }

        private @Nullable Answer ask(String action, Map<String, String> parameters) {
            try {
                Answer answer = SignedHttp.answer(action, http.sendOrFail(action, parameters));
                String code = answer.code() == null ? "" : answer.code();
                told.add(new Told(answer.text("RequestId"), action, code));
                codes.computeIfAbsent(code, name -> new LongAdder()).increment();
                if (code.isEmpty()) {
                    successes.computeIfAbsent(kind, name -> new LongAdder()).increment();
                }
                return answer;
            } catch (IOException nobodyKnows) {
                withoutAnswer.incrementAndGet();
                LockSupport.parkNanos(PAUSE.toNanos());
                return null;
            }
        }
    }

    private static boolean granted(@Nullable Answer answer) {
        return answer != null && answer.code() == null;
    }

    /** A member of a success; empty for anything else. */
    private static String member(@Nullable Answer answer, String path) {
        return answer != null && answer.code() == null ? answer.text(path) : "";
    }

    /** Successes so far. */
    long successes() {
        return successes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Successes so far of one kind of clients. */
    long successes(Kind kind) {
        return successes.computeIfAbsent(kind, name -> new LongAdder()).sum();
    }

    /** Requests so far that got no answer within the clients' patience. */
    int withoutAnswer() {
        return withoutAnswer.get();
    }

    /** How often each code was answered; the empty one is success. */
    Map<String, Long> codes() {
        Map<String, Long> counts = new TreeMap<>();
        codes.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    /** Lets every client finish the call it is in. */
    @Override
    public void close() {
        stopping = true;
        threads.shutdown();
        try {
            for (Future<?> each : clients) {
                each.get(END_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (TimeoutException | ExecutionException failed) {
            throw new AssertionError("a client does not end as it should", failed);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Every answer since the last look has exactly one record that says the same, but for two: a request that was turned away in a flood has
     * no record or one that says so, and an unavailable one has at most one of whatever it came to, and exactly one if the database could be
     * reached all the time.
     *
     * @return how many answers were looked at
     */
    int checkRecords(Store store, boolean alwaysReachable) {
        List<Told> some = new ArrayList<>();
        for (Told next = told.poll(); next != null; next = told.poll()) {
            some.add(next);
        }
        Map<String, List<String>> records = new HashMap<>();
        JdbcClient.create(store.dataSource())
                .sql(
                        "select request_id::text, action, coalesce(error_code, '') from audit_record where request_id = any(:requests::uuid[])")
                .param("requests", some.stream().map(Told::requestId).toArray(String[]::new))
                .query((row, number) -> records.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(row.getString(2) + " " + row.getString(3)))
                .list();
        for (Told each : some) {
            List<String> found = records.getOrDefault(each.requestId, List.of());
            if (each.code.equals(FLOOD) && found.isEmpty()) {
                continue;
            }
            if (each.code.equals(UNAVAILABLE)) {
                assertThat(found)
                        .as("records of %s %s, answered as unavailable", each.action, each.requestId)
                        .hasSizeBetween(alwaysReachable ? 1 : 0, 1);
            } else {
                assertThat(found)
                        .as("records of %s %s", each.action, each.requestId)
                        .containsExactly(each.action + " " + each.code);
            }
        }
        return some.size();
    }

    /** Every key is in a state that its own client could have left it in. Only once the clients have ended. */
    void checkStates(KmsClient client) {
        assertThat(threads.isShutdown()).isTrue();
        possibleStates.forEach((key, states) ->
                assertThat(state(client, key)).as("state of %s", key).isIn(states));
    }

    /** Asked again while the service says that it cannot tell: what a fault has left behind may still come to light. */
    private static String state(KmsClient client, String key) {
        for (int attempt = 0; ; attempt++) {
            Answer answer = client.call("DescribeKey", Map.of("KeyId", key));
            if (attempt == PATIENT_ATTEMPTS || !UNAVAILABLE.equals(answer.code())) {
                return answer.granted().text("KeyMetadata.KeyState");
            }
        }
    }
}
