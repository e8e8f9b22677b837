package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.history.KeyAnswer;
import dev.keyledger.api.history.KeyCall;
import dev.keyledger.api.history.KeyLifeModel;
import dev.keyledger.api.history.Linearizability;
import dev.keyledger.api.history.ModelKey;
import dev.keyledger.api.history.RecordedCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Random clients of one service, each call recorded with its start and end, key by key. A run goes in rounds with new keys, so that no search
 * gets long; after each round the record of every answered request is looked up, and the history of every key goes to the checker.
 */
final class KeyHistories {

    private static final int CLIENTS = 6;
    private static final int EXTERNAL_KEYS = 3;
    private static final int TICKS = 5;
    private static final String WRAPPING = "RSAES_OAEP_SHA_256";
    private static final String PLAINTEXT = Base64.getEncoder().encodeToString("seen".getBytes(StandardCharsets.UTF_8));

    /** A tick of store time. A round of seconds cannot be confused with it, and all ticks of a round are less than a token's day. */
    private static final Duration TICK = Duration.ofMinutes(10);

    /** Half way between two ticks. */
    private static final Duration EXPIRY_BEFORE_TICK = Duration.ofMinutes(5);

    /** A token bears 16 failures; changes that lose a race count as well. */
    private static final int WRONG_IMPORTS = 6;

    private final List<Link> forChanges;
    private final List<Link> forUses;
    private final Optional<DrivenClock> clock;
    private final Store store;
    private final long seed;
    private final Map<String, Integer> counts = new TreeMap<>();
    private int rounds;

    /**
     * A node as a client sees it.
     *
     * @param name for the reader of a failure
     */
    record Link(String name, SignedHttp http) {}

    /**
     * A run.
     *
     * @param forChanges nodes that are sent changes of keys
     * @param forUses nodes that are sent uses and descriptions
     * @param clock the store's clock, driven forward now and then; empty for a store without
     * @param seed of what the clients choose; when they run is the machine's choice
     */
    KeyHistories(List<Link> forChanges, List<Link> forUses, Optional<DrivenClock> clock, Store store, long seed) {
        this.forChanges = forChanges;
        this.forUses = forUses;
        this.clock = clock;
        this.store = store;
        this.seed = seed;
    }

    /** One key of a round and what was seen of it. */
    private static final class Subject {
        private final ModelKey initial;
        private final String keyId;
        private final Map<Integer, String> wrapped = new HashMap<>();
        private final String token;
        private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
        private final AtomicInteger wrongImports = new AtomicInteger();
        private volatile String ciphertext = "";

        Subject(ModelKey initial, String keyId, String token) {
            this.initial = initial;
            this.keyId = keyId;
            this.token = token;
        }

        boolean external() {
            return !token.isEmpty();
        }
    }

    private record Seen(RecordedCall<KeyCall, KeyAnswer> call, String requestId) {}

    /**
     * A history that no order of its calls explains.
     *
     * @param text the whole key for the reader: seed, key, and the heart of its history
     */
    record Contradiction(String text) {}

    /** Plays one round; answers the first key whose history cannot be explained. */
    Optional<Contradiction> round(Duration length) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed + rounds);
        rounds++;
        List<Subject> subjects = subjects();
        Instant begin = clock.map(DrivenClock::now).orElseGet(Instant::now).truncatedTo(ChronoUnit.SECONDS);
        AtomicInteger tick = new AtomicInteger();
        Queue<Seen> ticks = new ConcurrentLinkedQueue<>();
        List<SplittableRandom> randoms = new ArrayList<>();
        for (int i = 0; i <= CLIENTS; i++) {
            randoms.add(random.split());
        }
        long end = System.nanoTime() + length.toNanos();
        Threads.run(CLIENTS + 1, number -> {
            if (number < CLIENTS) {
                Client client = new Client(number, randoms.get(number), subjects, begin, tick);
                while (System.nanoTime() < end) {
                    client.callOnce();
                }
            } else {
                clock.ifPresent(driven -> drive(driven, randoms.get(number), length, tick, ticks));
            }
        });
        Map<String, Fate> fates = checkRecords(subjects);
        for (Subject each : subjects) {
            Optional<Contradiction> contradiction = check(each, ticks, fates);
            if (contradiction.isPresent()) {
                return contradiction;
            }
        }
        return Optional.empty();
    }

    private List<Subject> subjects() {
        SignedHttp http = forChanges.get(0).http;
        List<Subject> subjects = new ArrayList<>();
        String generated = http.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
        subjects.add(new Subject(ModelKey.generated(), generated, ""));
        for (int i = 0; i < EXTERNAL_KEYS; i++) {
            ExternalKey key = ExternalKey.create(http, WRAPPING);
            Subject subject = new Subject(ModelKey.external(), key.keyId(), key.token());
            for (int material = 0; material < 2; material++) {
                subject.wrapped.put(material, Wrapping.wrap(WRAPPING, key.publicKey(), Wrapping.material()));
            }
            subjects.add(subject);
        }
        return subjects;
    }

    private static void drive(
            DrivenClock clock, SplittableRandom random, Duration length, AtomicInteger tick, Queue<Seen> ticks) {
        for (int i = 1; i <= TICKS; i++) {
            // The rest between two ticks is part of the load, not a wait for anything.
            LockSupport.parkNanos(random.nextLong(length.toNanos() / TICKS));
            tick.set(i);
            long start = System.nanoTime();
            clock.advance(TICK);
            ticks.add(new Seen(
                    new RecordedCall<>(start, System.nanoTime(), new KeyCall.Tick(), KeyAnswer.done(), "clock"), ""));
        }
    }

    /** One client that asks one thing after the other of keys at random. */
    private final class Client {

        private final int number;
        private final SplittableRandom random;
        private final List<Subject> subjects;
        private final Instant begin;
        private final AtomicInteger tick;

        Client(int number, SplittableRandom random, List<Subject> subjects, Instant begin, AtomicInteger tick) {
            this.number = number;
            this.random = random;
            this.subjects = subjects;
            this.begin = begin;
            this.tick = tick;
        }

        void callOnce() {
            Subject subject = subjects.get(random.nextInt(subjects.size()));
            int choice = random.nextInt(100);
            if (choice < 22) {
                use(subject, "Encrypt", Map.of("KeyId", subject.keyId, "Plaintext", PLAINTEXT));
            } else if (choice < 32) {
                use(subject, "GenerateDataKey", Map.of("KeyId", subject.keyId));
            } else if (choice < 47) {
                String ciphertext = subject.ciphertext;
                if (!ciphertext.isEmpty()) {
                    use(subject, "Decrypt", Map.of("CiphertextBlob", ciphertext));
                }
            } else if (choice < 62) {
                send(subject, forUses, new KeyCall.Describe(), "DescribeKey", Map.of("KeyId", subject.keyId));
            } else if (choice < 69) {
                send(subject, forChanges, new KeyCall.Enable(), "EnableKey", Map.of("KeyId", subject.keyId));
            } else if (choice < 76) {
                send(subject, forChanges, new KeyCall.Disable(), "DisableKey", Map.of("KeyId", subject.keyId));
            } else if (choice < 80) {
                send(
                        subject,
                        forChanges,
                        new KeyCall.Schedule(),
                        "ScheduleKeyDeletion",
                        Map.of("KeyId", subject.keyId, "PendingWindowInDays", "7"));
            } else if (choice < 87) {
                send(subject, forChanges, new KeyCall.Cancel(), "CancelKeyDeletion", Map.of("KeyId", subject.keyId));
            } else if (subject.external()) {
                changeMaterial(subject);
            }
        }

        private void use(Subject subject, String action, Map<String, String> parameters) {
            send(subject, forUses, new KeyCall.Use(action), action, parameters);
        }

        private void changeMaterial(Subject subject) {
            if (random.nextInt(4) == 0) {
                send(
                        subject,
                        forChanges,
                        new KeyCall.DeleteMaterial(),
                        "DeleteKeyMaterial",
                        Map.of("KeyId", subject.keyId));
                return;
            }
            boolean other = random.nextInt(4) == 0 && subject.wrongImports.incrementAndGet() <= WRONG_IMPORTS;
            int material = other ? 1 : 0;
            boolean expires = clock.isPresent() && random.nextBoolean();
            int expiry = expires ? tick.get() + 1 + random.nextInt(2) : ModelKey.NEVER;
            Map<String, String> parameters = new LinkedHashMap<>(Map.of(
                    "KeyId",
                    subject.keyId,
                    "ImportToken",
                    subject.token,
                    "EncryptedKeyMaterial",
                    String.valueOf(subject.wrapped.get(material))));
            if (expires) {
                parameters.put(
                        "KeyMaterialExpireUnix", Long.toString(instantOf(expiry).getEpochSecond()));
            }
            send(subject, forChanges, new KeyCall.Import(material, expiry), "ImportKeyMaterial", parameters);
        }

        private Instant instantOf(int expiry) {
            return begin.plus(TICK.multipliedBy(expiry)).minus(EXPIRY_BEFORE_TICK);
        }

        private int expiryOf(String instant) {
            return instant.isEmpty()
                    ? ModelKey.NEVER
                    : (int) Duration.between(begin, Instant.parse(instant).plus(EXPIRY_BEFORE_TICK))
                            .dividedBy(TICK);
        }

        private void send(
                Subject subject, List<Link> links, KeyCall call, String action, Map<String, String> parameters) {
            Link link = links.get(random.nextInt(links.size()));
            String name = "client " + number + " on " + link.name;
            long start = System.nanoTime();
            Answer answer = null;
            try {
                answer = SignedHttp.answer(action, link.http.sendOrFail(action, parameters));
            } catch (IOException nobodyKnows) {
                // The call stays without an answer.
            }
            long end = System.nanoTime();
            RecordedCall<KeyCall, KeyAnswer> recorded;
            if (answer == null || "ServiceUnavailableTemporary".equals(answer.code())) {
                recorded = RecordedCall.unknown(start, call, name);
            } else {
                recorded = new RecordedCall<>(start, end, call, answerOf(action, answer), name);
                if (answer.code() == null) {
                    noteResult(subject, action, answer);
                }
            }
            subject.seen.add(new Seen(recorded, answer == null ? "" : answer.text("RequestId")));
        }

        private KeyAnswer answerOf(String action, Answer answer) {
            if (answer.code() != null) {
                return KeyAnswer.refused(answer.code());
            }
            return action.equals("DescribeKey")
                    ? KeyAnswer.described(
                            answer.text("KeyMetadata.KeyState"),
                            expiryOf(answer.textOrEmpty("KeyMetadata.MaterialExpireTime")),
                            !answer.textOrEmpty("KeyMetadata.DeleteDate").isEmpty())
                    : KeyAnswer.done();
        }

        private void noteResult(Subject subject, String action, Answer answer) {
            if (action.equals("Encrypt")) {
                subject.ciphertext = answer.text("CiphertextBlob");
            } else if (action.equals("Decrypt")) {
                assertThat(answer.text("Plaintext")).isEqualTo(PLAINTEXT);
            }
        }
    }

    private record Fate(
            String outcome, @Nullable String code, @Nullable String reason) {

        boolean lostRace() {
            return reason != null && reason.startsWith("lost the race");
        }
    }

    /** Every answered request has exactly one record, and it says what the client was told. */
    private Map<String, Fate> checkRecords(List<Subject> subjects) {
        Map<String, KeyAnswer> told = new HashMap<>();
        for (Subject subject : subjects) {
            for (Seen seen : subject.seen) {
                if (seen.call.answer() != null) {
                    told.put(seen.requestId, seen.call.answer());
                }
            }
        }
        Map<String, Fate> fates = new HashMap<>();
        JdbcClient.create(store.dataSource())
                .sql("""
                        select request_id::text, outcome, error_code, reason from audit_record
                        where request_id = any(:requests::uuid[])
                        """)
                .param("requests", told.keySet().toArray(String[]::new))
                .query((row, number) -> {
                    Fate before =
                            fates.put(row.getString(1), new Fate(row.getString(2), row.getString(3), row.getString(4)));
                    assertThat(before)
                            .as("a second record of %s", row.getString(1))
                            .isNull();
                    return "";
                })
                .list();
        told.forEach((request, answer) -> {
            Fate fate = fates.get(request);
            if (fate == null) {
                throw new AssertionError("no record of " + request + ", answered " + answer);
            }
            assertThat(fate.code == null ? "" : fate.code)
                    .as("what the record of %s says", request)
                    .isEqualTo(answer.code());
        });
        return fates;
    }

    private Optional<Contradiction> check(Subject subject, Queue<Seen> ticks, Map<String, Fate> fates) {
        List<RecordedCall<KeyCall, KeyAnswer>> history = new ArrayList<>();
        ticks.forEach(each -> history.add(each.call));
        for (Seen each : subject.seen) {
            RecordedCall<KeyCall, KeyAnswer> call = each.call;
            Fate fate = fates.get(each.requestId);
            if (fate != null && fate.lostRace()) {
                call = new RecordedCall<>(
                        call.start(), call.end(), call.call(), KeyAnswer.refused(KeyAnswer.LOST_RACE), call.client());
            }
            history.add(call);
            KeyAnswer answer = call.answer();
            counts.merge(
                    answer == null ? "no answer" : answer.code().isEmpty() ? "ok" : answer.code(), 1, Integer::sum);
        }
        Linearizability<ModelKey, KeyCall, KeyAnswer> checker = new Linearizability<>(new KeyLifeModel());
        List<ModelKey> initial = List.of(subject.initial);
        if (checker.explains(initial, history)) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("no order of " + history.size() + " calls explains key " + subject.keyId
                + " (seed " + seed + ", round " + rounds + "); the heart of it, in microseconds:\n");
        List<RecordedCall<KeyCall, KeyAnswer>> heart = checker.heartOf(initial, history);
        long zero = heart.get(0).start();
        for (RecordedCall<KeyCall, KeyAnswer> each : heart) {
            text.append("  %8d … %8s  %-24s %s → %s%n"
                    .formatted(
                            (each.start() - zero) / 1_000,
                            each.answer() == null ? "" : Long.toString((each.end() - zero) / 1_000),
                            each.client(),
                            each.call(),
                            each.answer() == null ? "?" : each.answer()));
        }
        return Optional.of(new Contradiction(text.toString()));
    }

    /** What was answered how often, for the log of the run. */
    String summary() {
        return "seed " + seed + ", " + rounds + " rounds, answers " + counts;
    }
}
