package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.proof.Load.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;

/**
 * A node whose disk fills up under load until its database gives up: from then on every request is answered as unavailable or has its record,
 * and once there is space again the node works as before, without a restart and with everything it had acknowledged.
 *
 * <p>By profile, because it mounts file systems: {@code mvn -Psoak verify -Dit.test=DiskFullIT} as root.
 */
@Tag("soak")
class DiskFullIT {

    private static final String UNAVAILABLE = "ServiceUnavailableTemporary";
    private static final int KEYS = 20;
    private static final List<Kind> CLIENTS =
            List.of(Kind.USES, Kind.USES, Kind.USES, Kind.USES, Kind.CHANGES, Kind.CHANGES, Kind.MAKES, Kind.MAKES);
    private static final int REFUSED_BY_DATABASE = 100;
    private static final int ANSWERS_WITHOUT_DATABASE = 60;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private KeyledgerProcess.Launch launch() {
        return KeyledgerProcess.in(directory.resolve("node"));
    }

    @Test
    void a_full_data_volume_refuses_and_heals() throws IOException {
        try (Volume volume = Volume.of(directory, "400m");
                KeyledgerProcess node = launch().with(
                                "KEYLEDGER_DATA_DIR",
                                volume.directory.resolve("data").toString())
                        .start()) {
            fillAndHeal("data", true, node, volume);
        }
    }

    @Test
    void a_full_volume_of_the_write_ahead_log_refuses_and_heals() throws IOException {
        try (Volume volume = Volume.of(directory, "96m")) {
            try (KeyledgerProcess first = launch().start()) {
                first.stop();
                Path log = first.dataDirectory().resolve("postgres/cluster/pg_wal");
                new Shell(directory)
                        .run("mv " + log + " " + volume.directory + " && ln -s " + volume.directory + "/pg_wal " + log);
            }
            try (KeyledgerProcess node = launch().start()) {
                fillAndHeal("write-ahead log", false, node, volume);
            }
        }
    }

    /**
     * Fills the volume, waits for the database to give up, and makes space again.
     *
     * @param tables whether the volume holds the tables too
     */
    private static void fillAndHeal(String name, boolean tables, KeyledgerProcess node, Volume volume)
            throws IOException {
        SignedHttp client = new SignedHttp(node);
        Map<String, String> sealed = sealedBefore(client);
        Store store = Store.embeddedIn(node);
        Store superuser = Store.superuserOf(node);
        Load load = Load.on(List.of(node.url()), node.accessKey(), CLIENTS, Duration.ofSeconds(10));
        long full;
        long ended;
        long emptied;
        long healed;
        String meanwhile;
        try (load) {
            Await.until("work flows", PATIENCE, () -> load.successes() >= 200);
            volume.fill();
            full = System.nanoTime();
            if (tables) {
                // Rows find no place any more while the log still has room: the database refuses and lives.
                Await.until(
                        "writes are refused",
                        PATIENCE,
                        () -> volume.fill() && unavailable(load) >= REFUSED_BY_DATABASE);
            }
            Await.until("the database gives up", PATIENCE, () -> {
                volume.fill();
                fillSegment(superuser);
                return node.output().contains("The database server ended by itself");
            });
            ended = System.nanoTime();
            long then = unavailable(load);
            Await.until(
                    "clients go on asking",
                    PATIENCE,
                    () -> volume.fill() && unavailable(load) >= then + ANSWERS_WITHOUT_DATABASE);
            meanwhile = load.codes().toString();
            volume.empty();
            emptied = System.nanoTime();
            Map<Kind, Long> before = successes(load);
            Await.until(
                    "all work flows again",
                    RECOVERY,
                    () -> successes(load).entrySet().stream()
                            .allMatch(now -> now.getValue() > before.getOrDefault(now.getKey(), 0L)));
            healed = System.nanoTime();
        }
        System.out.printf(
                "%s full: database gone after %.1f s, answers by then and %.0f s later %s, %d attempts to start it; all work flows %.1f s after there"
                        + " is space; %d requests without an answer; in all %s%n",
                name,
                (ended - full) / 1e9,
                (emptied - ended) / 1e9,
                meanwhile,
                node.output()
                        .lines()
                        .filter(line -> line.contains("next attempt to start it"))
                        .count(),
                (healed - emptied) / 1e9,
                load.withoutAnswer(),
                load.codes());

        assertThat(node.isAlive()).as("the node").isTrue();
        assertThat(load.withoutAnswer()).as("requests without an answer").isZero();
        assertThat(load.codes().keySet()).isSubsetOf("", UNAVAILABLE, "Rejected.Throttling");
        load.checkRecords(store, false);
        load.checkStates(client);
        sealed.forEach((ciphertext, plaintext) -> assertThat(
                        client.call("Decrypt", Map.of("CiphertextBlob", ciphertext))
                                .granted()
                                .text("Plaintext"))
                .isEqualTo(plaintext));
        node.stop();
        assertThat(ViewReplay.compare(node.dataDirectory()))
                .as("events that give the views back")
                .isPositive();
    }

    /** Ciphertexts of keys made while there was space, with what is in them. */
    private static Map<String, String> sealedBefore(KmsClient client) {
        Map<String, String> sealed = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            String key = client.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
            String plaintext = Base64.getEncoder().encodeToString(Wrapping.material());
            sealed.put(
                    client.call("Encrypt", Map.of("KeyId", key, "Plaintext", plaintext))
                            .granted()
                            .text("CiphertextBlob"),
                    plaintext);
        }
        return sealed;
    }

    /** Has the database begin another segment of its log, as many megabytes of work would. */
    private static void fillSegment(Store superuser) {
        try {
            superuser.texts("select pg_switch_wal()::text");
        } catch (DataAccessException full) {
            // That is what the disk was filled for.
        }
    }

    private static long unavailable(Load load) {
        return load.codes().getOrDefault(UNAVAILABLE, 0L);
    }

    private static Map<Kind, Long> successes(Load load) {
        Map<Kind, Long> successes = new HashMap<>();
        for (Kind kind : Kind.values()) {
            successes.put(kind, load.successes(kind));
        }
        return successes;
    }

    /** A small file system in memory, and a file that takes all of its space. */
    private static final class Volume implements AutoCloseable {

        private final Shell shell;
        private final Path directory;
        private final Path filler;

        private Volume(Shell shell, Path directory) {
            this.shell = shell;
            this.directory = directory;
            this.filler = directory.resolve("filler");
        }

        static Volume of(Path parent, String size) throws IOException {
            Assumptions.assumeTrue(
                    "root".equals(System.getProperty("user.name"))
                            && ForeignProgramCondition.find("mount").isPresent(),
                    "only root can mount a small disk");
            Shell shell = new Shell(parent);
            Path directory = Files.createDirectory(parent.resolve("volume"));
            String mounted = shell.run("mount -t tmpfs -o size=" + size + " tmpfs volume && echo yes || echo no");
            Assumptions.assumeTrue(mounted.strip().endsWith("yes"), "this container may not mount");
            return new Volume(shell, directory);
        }

        /** Takes the space that is left, and what was given back since the last time. */
        boolean fill() {
            byte[] page = new byte[4096];
            try (OutputStream out =
                    Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(page);
                }
            } catch (IOException full) {
                return true;
            }
        }

        void empty() throws IOException {
            Files.delete(filler);
        }

        /** Lets go of the directory at once; the space is given back when the last process is gone. */
        @Override
        public void close() {
            shell.run("umount -l volume");
        }
    }
}
