package dev.keyledger.api.proof;

import dev.keyledger.api.startup.SelfSigned;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A Kafka broker that is its own controller, as a process of its own on the loopback address. It can be killed and started again on what was left.
 * Clients come as they are, or by another listener over TLS and with a password (SCRAM).
 */
final class KafkaBroker implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(60);

    private static final String CLUSTER = "AAAAAAAAAAAAAAAAAAAAAQ";

    private final Path directory;
    private final Path settings;
    private final int port;
    private final int securePort;
    private volatile Process process;

    private KafkaBroker(Path directory, SelfSigned shown, String user, String password) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.port = KeyledgerProcess.freePort();
        this.securePort = KeyledgerProcess.freePort();
        Path identity = Files.writeString(directory.resolve("broker.pem"), shown.keyPem() + shown.certificatePem());
        this.settings = Files.writeString(directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                listeners=PLAINTEXT://127.0.0.1:%1$d,SECURE://127.0.0.1:%4$d,CONTROLLER://127.0.0.1:%2$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
                listener.name.secure.ssl.keystore.type=PEM
                listener.name.secure.ssl.keystore.location=%5$s
                listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-512
                listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@127.0.0.1:%2$d
                log.dirs=%3$s
                num.partitions=3
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                group.initial.rebalance.delay.ms=0
                num.network.threads=1
                num.io.threads=2
                """.formatted(
                        port, KeyledgerProcess.freePort(), directory.resolve("data"), securePort, identity));
        run(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                CLUSTER,
                "--config",
                settings.toString(),
                "--add-scram",
                "SCRAM-SHA-512=[name=" + user + ",password=" + password + "]");
        process = broker();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly(), "end of the broker"));
    }

    /** A new broker with its data in this directory, which shows this certificate and knows this user. */
    static KafkaBroker in(Path directory, SelfSigned shown, String user, String password) {
        try {
            return new KafkaBroker(directory, shown, user, password);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The libraries of a directory that the build has filled. */
    static String libraries(String name) {
        Path libraries = Path.of("target", name).toAbsolutePath();
        if (!Files.isDirectory(libraries)) {
            throw new AssertionError("there is no " + libraries + "; the build puts it there (mvn verify)");
        }
        return libraries + File.separator + "*";
    }

    private Process java(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                libraries("kafka-broker")));
        all.addAll(command);
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("output").toFile()))
                .start();
    }

    private void run(String... command) throws IOException {
        Process tool = java(List.of(command));
        await(tool);
        if (tool.exitValue() != 0) {
            throw new AssertionError(Files.readString(directory.resolve("output")));
        }
    }

    private Process broker() throws IOException {
        return java(List.of("kafka.Kafka", settings.toString()));
    }

    private static void await(Process process) {
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("a process does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Where clients begin. */
    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Where clients begin that have a password, over TLS. */
    String secureBootstrapServers() {
        return "127.0.0.1:" + securePort;
    }

    /** Ends it as a power cut would. */
    void kill() {
        process.destroyForcibly();
        await(process);
    }

    /** Starts it again on what was left. */
    void restart() {
        try {
            process = broker();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Reads a topic from its beginning until so many different events were read: everything up to there, in the order of each partition. */
    List<ConsumerRecord<String, byte[]>> read(String topic, int events, Duration limit) {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", bootstrapServers());
        client.put("enable.metrics.push", false);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            Await.until("the topic is there", limit, () -> {
                partitions.clear();
                for (PartitionInfo each : consumer.partitionsFor(topic)) {
                    partitions.add(new TopicPartition(topic, each.partition()));
                }
                return partitions.size() == 3;
            });
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Set<String> values = new HashSet<>();
            Await.until(events + " events arrive", limit, () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    records.add(record);
                    values.add(new String(record.value(), StandardCharsets.UTF_8));
                });
                return values.size() >= events;
            });
        }
        return records;
    }

    @Override
    public void close() {
        kill();
    }
}
