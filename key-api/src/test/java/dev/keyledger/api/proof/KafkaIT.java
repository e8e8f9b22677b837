package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.startup.SelfSigned;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every event reaches the topic of a real broker, in order per key, whoever of the nodes and the broker is killed meanwhile. */
class KafkaIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String TOPIC = "keyledger.key-events";

    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private static Path temp;

    private static final String USER = "keyledger";

    private static final String PASSWORD = UUID.randomUUID().toString();

    private static SelfSigned certificate;

    private static KafkaBroker broker;

    @BeforeAll
    static void start() throws Exception {
        certificate = SelfSigned.make(temp, "EC");
        broker = KafkaBroker.in(temp.resolve("broker"), certificate, USER, PASSWORD);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void nothing_is_lost_while_the_broker_and_the_node_that_sends_are_killed() throws Exception {
        TestDatabase database = TestPostgres.emptyDatabase();
        KeyledgerProcess.Launch launch = NodePair.external(KeyledgerProcess.in(temp.resolve("first")), database)
                .with("KEYLEDGER_ROOT_KEY", TestNode.ROOT_KEY)
                .with("KEYLEDGER_ACCESS_KEY_ID", "proof")
                .with("KEYLEDGER_ACCESS_KEY_SECRET", UUID.randomUUID().toString())
                .with("KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
        KeyledgerProcess first = launch.start();
        KeyledgerProcess second = launch.in(temp.resolve("second")).start();
        Store store = Store.of(database);
        try {
            KmsClient kms = new SignedHttp(second);
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                keys.add(kms.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId"));
            }
            work(kms, keys, 8);
            broker.read(TOPIC, 5, LIMIT);

            AtomicBoolean over = new AtomicBoolean();
            Thread worker = new Thread(() -> {
                for (int i = 0; !over.get(); i++) {
                    work(kms, List.of(keys.get(i % keys.size())), 1);
                    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                }
            });
            worker.start();
            try {
                broker.kill();
                work(kms, keys, 4);
                broker.restart();
                awaitPassedOn(store);
                first.kill();
                Await.until(
                        "the other node sends",
                        LIMIT,
                        () -> store.count("select count(*) from feed_subscriber where owner like '%/" + second.pid()
                                        + "'")
                                == 1);
            } finally {
                over.set(true);
                worker.join();
            }
            work(kms, keys, 4);
            awaitAllPassedOn(store);

            List<Map<String, Object>> stored = events(store);
            List<ConsumerRecord<String, byte[]>> records = broker.read(TOPIC, stored.size(), LIMIT);
            System.out.println("Kafka: " + stored.size() + " events, " + (records.size() - stored.size()) + " twice");
            assertThat(firstOccurrences(records)).isEqualTo(bySubject(stored));
            runRecipe(stored);
        } finally {
            first.close();
            second.close();
            database.close();
        }
    }

    private static void work(KmsClient kms, List<String> keys, int rounds) {
        for (int i = 0; i < rounds; i++) {
            for (String key : keys) {
                kms.call("DisableKey", Map.of("KeyId", key)).granted();
                kms.call("EnableKey", Map.of("KeyId", key)).granted();
            }
        }
    }

    /** Waits until something that happens now has arrived. */
    private static void awaitPassedOn(Store store) {
        long now = store.count("select coalesce(max(log_index), 0) from feed_event");
        Await.until(
                "the broker is told again",
                LIMIT,
                () -> store.count("select log_index from feed_subscriber where name = 'kafka'") >= now);
    }

    private static void awaitAllPassedOn(Store store) {
        Await.until(
                "everything has its place and was passed on",
                LIMIT,
                () -> store.count("select count(*) from domain_event") == store.count("select count(*) from feed_event")
                        && store.count("""
                                select count(*) from feed_event f, feed_subscriber s
                                where s.name = 'kafka' and (f.log_index, f.part) > (s.log_index, s.part)""") == 0);
    }

    private static List<Map<String, Object>> events(Store store) {
        return store.rows("""
                select event_identifier, subject, lpad(log_index::text, 20, '0') || '.' || lpad(part::text, 3, '0') as sequence
                from feed_event order by log_index, part""");
    }

    private static Map<String, List<String>> bySubject(List<Map<String, Object>> stored) {
        return stored.stream()
                .collect(Collectors.groupingBy(
                        row -> (String) row.get("subject"),
                        Collectors.mapping(
                                row -> row.get("sequence") + " " + row.get("event_identifier"), Collectors.toList())));
    }

    /** What a consumer has that passes over what it has seen; every record is looked at. */
    private static Map<String, List<String>> firstOccurrences(List<ConsumerRecord<String, byte[]>> records) {
        Map<String, List<String>> told = new HashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Integer> partitions = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            String value = new String(record.value(), StandardCharsets.UTF_8);
            JsonNode event = JsonMapper.shared().readTree(value);
            String id = event.path("id").stringValue();
            assertThat(record.key()).isEqualTo(event.path("subject").stringValue());
            assertThat(new String(record.headers().lastHeader("content-type").value(), StandardCharsets.UTF_8))
                    .isEqualTo("application/cloudevents+json; charset=UTF-8");
            assertThat(partitions.merge(record.key(), record.partition(), (one, other) -> one))
                    .isEqualTo(record.partition());
            String before = values.put(id, value);
            if (before == null) {
                told.computeIfAbsent(record.key(), key -> new ArrayList<>())
                        .add(event.path("sequence").stringValue() + " " + id);
            } else {
                assertThat(value).as("told twice").isEqualTo(before);
            }
        }
        return told;
    }

    /** The consumer of the recipe, to the letter, in a process of its own. */
    private static void runRecipe(List<Map<String, Object>> stored) throws IOException, InterruptedException {
        Matcher block = JAVA.matcher(Files.readString(Path.of("../docs/recipes/kafka-consumer.md")));
        assertThat(block.find()).isTrue();
        Path directory = Files.createDirectory(temp.resolve("recipe"));
        Path source = Files.writeString(directory.resolve("KeyEvents.java"), block.group(1));
        String libraries = KafkaBroker.libraries("kafka-consumer");
        Path programs = Path.of(System.getProperty("java.home"), "bin");
        Process compiler = new ProcessBuilder(
                        programs.resolve("javac").toString(),
                        "--release",
                        "17",
                        "-cp",
                        libraries,
                        "-d",
                        directory.toString(),
                        source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
        Path output = directory.resolve("output");
        Process consumer = new ProcessBuilder(
                        programs.resolve("java").toString(),
                        "-cp",
                        libraries + File.pathSeparator + directory,
                        "KeyEvents",
                        broker.bootstrapServers(),
                        TOPIC)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            Await.until(
                    "the consumer has told everything",
                    LIMIT,
                    () -> lines(output).size() >= stored.size());
        } finally {
            consumer.destroyForcibly().waitFor();
        }
        assertThat(lines(output)).as("each event once").hasSize(stored.size());
        String key = (String) stored.get(0).get("subject");
        assertThat(lines(output))
                .filteredOn(line -> line.startsWith(key))
                .first()
                .satisfies(line -> assertThat(line)
                        .matches(key + " keyledger\\.key\\.created 20\\S+Z \\{.*\"keyId\":\"" + key + "\".*}"));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Test
    void what_is_too_large_is_parked_with_its_subject_and_sent_when_it_may_be() throws IOException {
        Path properties = Files.writeString(
                temp.resolve("kafka.properties"), "max.request.size=1200\nclient.id=small\ncompression.type=none\n");
        Files.setPosixFilePermissions(properties, PosixFilePermissions.fromString("rw-------"));
        TestDatabase database = TestPostgres.freshDatabase();
        TestNode.Builder limited = TestNode.with()
                .database(database)
                .set("KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers())
                .set("KEYLEDGER_KAFKA_TOPIC", "small")
                .set("KEYLEDGER_KAFKA_PROPERTIES_FILE", properties.toString());
        Store store = Store.of(database);
        try {
            try (TestNode node = limited.start()) {
                KmsClient kms = client(node);
                String large = kms.call("CreateKey", Map.of("Description", "x".repeat(2_000)))
                        .granted()
                        .text("KeyMetadata.KeyId");
                String small = kms.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
                work(kms, List.of(large, small), 1);
                awaitAllPassedOn(store);
                assertThat(
                                store.texts(
                                        "select subject || ' ' || coalesce(reason, '') from feed_dead_letter order by log_index"))
                        .containsExactly(
                                large + " org.apache.kafka.common.errors.RecordTooLargeException",
                                large + " ",
                                large + " ");
                assertThat(broker.read("small", 3, LIMIT))
                        .extracting(ConsumerRecord::key)
                        .containsOnly(small);
            }
            try (TestNode node =
                    limited.unset("KEYLEDGER_KAFKA_PROPERTIES_FILE").start()) {
                // As POST /v1/subscribers/kafka/retry has it.
                node.sql().sql("update feed_dead_letter set reason = null").update();
                Await.until(
                        "what was parked is sent",
                        LIMIT,
                        () -> store.count("select count(*) from feed_dead_letter") == 0);
            }
            assertThat(firstOccurrences(broker.read("small", 6, LIMIT))).isEqualTo(bySubject(events(store)));
        } finally {
            database.close();
        }
    }

    @Test
    void the_broker_is_believed_by_its_certificate_and_believes_a_password() throws Exception {
        TestDatabase database = TestPostgres.freshDatabase();
        TestNode.Builder secured = TestNode.with()
                .database(database)
                .set("KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", broker.secureBootstrapServers())
                .set("KEYLEDGER_KAFKA_TOPIC", "secured");
        Store store = Store.of(database);
        try {
            try (TestNode node = secured.set("KEYLEDGER_KAFKA_PROPERTIES_FILE", login(certificate, "not " + PASSWORD))
                    .start()) {
                work(
                        client(node),
                        List.of(client(node)
                                .call("CreateKey", Map.of())
                                .granted()
                                .text("KeyMetadata.KeyId")),
                        1);
                awaitTrouble(store, "SaslAuthenticationException");
            }
            try (TestNode node = secured.set(
                            "KEYLEDGER_KAFKA_PROPERTIES_FILE", login(SelfSigned.make(temp, "EC"), PASSWORD))
                    .start()) {
                assertThat(node.baseUri()).isNotNull();
                awaitTrouble(store, "SslAuthenticationException, SSLHandshakeException");
            }
            assertThat(store.count("select count(*) from feed_dead_letter"))
                    .as("not the events' fault")
                    .isZero();
            try (TestNode node = secured.set("KEYLEDGER_KAFKA_PROPERTIES_FILE", login(certificate, PASSWORD))
                    .start()) {
                awaitAllPassedOn(store);
                assertThat(node.baseUri()).isNotNull();
            }
            assertThat(firstOccurrences(broker.read("secured", 3, LIMIT))).isEqualTo(bySubject(events(store)));
        } finally {
            database.close();
        }
    }

    /** As docs/kafka.md has it. */
    private static String login(SelfSigned trusted, String password) throws IOException {
        Path authority = Files.writeString(temp.resolve(UUID.randomUUID() + ".pem"), trusted.certificatePem());
        Path properties = Files.writeString(
                temp.resolve(UUID.randomUUID() + ".properties"), """
                security.protocol=SASL_SSL
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";
                """.formatted(authority, USER, password));
        Files.setPosixFilePermissions(properties, PosixFilePermissions.fromString("rw-------"));
        return properties.toString();
    }

    /** What is wrong is told by the types of the client's exceptions, and nothing else. */
    private static void awaitTrouble(Store store, String kinds) {
        Await.until(
                "nothing is sent because of " + kinds,
                LIMIT,
                () ->
                        store
                                .texts(
                                        "select trouble from feed_subscriber where name = 'kafka' and trouble is not null")
                                .stream()
                                .anyMatch(trouble -> trouble.startsWith(kinds)));
    }

    private static KmsClient client(TestNode node) {
        return new SignedHttp(node.baseUri(), new AccessKeyPair(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET));
    }
}
