package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories that released versions wrote are opened by this one, with everything that is in them. */
class StoredStoreIT {

    private static final Path STORES = Path.of("src/test/resources/stores");

    @TempDir
    private Path directory;

    @Test
    void the_store_of_0_1_0_opens_with_its_keys_aliases_tags_and_ciphertexts() throws IOException {
        Properties facts = facts("0.1.0");
        KeyledgerProcess.Launch launch = KeyledgerProcess.in(directory.resolve("node"));
        unpack(
                "0.1.0",
                Files.createDirectories(
                        launch.directory().resolve("keyledger-data").toAbsolutePath()));
        try (KeyledgerProcess node = launch.start()) {
            SignedHttp client = new SignedHttp(
                    node.url(),
                    new AccessKeyPair(facts.getProperty("accessKeyId"), facts.getProperty("accessKeySecret")));

            assertThat(client.call("DescribeKey", Map.of("KeyId", "alias/stored"))
                            .granted()
                            .text("KeyMetadata.KeyId"))
                    .isEqualTo(facts.getProperty("generated"));
            assertThat(client.call(
                                    "Decrypt",
                                    Map.of(
                                            "CiphertextBlob",
                                            facts.getProperty("generatedBlob"),
                                            "EncryptionContext",
                                            "{\"tenant\":\"a\"}"))
                            .granted()
                            .text("Plaintext"))
                    .isEqualTo(facts.getProperty("plaintext"));
            assertThat(client.call("ListResourceTags", Map.of("KeyId", facts.getProperty("generated")))
                            .granted()
                            .body()
                            .toString())
                    .contains("team");

            assertThat(state(client, facts.getProperty("imported"))).isEqualTo("Disabled");
            client.call("EnableKey", Map.of("KeyId", facts.getProperty("imported")))
                    .granted();
            assertThat(client.call("Decrypt", Map.of("CiphertextBlob", facts.getProperty("importedBlob")))
                            .granted()
                            .text("Plaintext"))
                    .isEqualTo(facts.getProperty("plaintext"));
            ExternalKey bound = ExternalKey.of(client, facts.getProperty("imported"), "RSAES_OAEP_SHA_256");
            bound.importMaterial(Wrapping.material()).refusedWith("InvalidKeyMaterial");
            bound.importMaterial(bytesFromZero()).granted();

            assertThat(state(client, facts.getProperty("pendingImport"))).isEqualTo("PendingImport");
            // Its thirty days began when the store was made; a start after them destroys it.
            Answer leaving = client.call("DescribeKey", Map.of("KeyId", facts.getProperty("pendingDeletion")));
            assertThat(leaving.code() == null ? leaving.text("KeyMetadata.KeyState") : leaving.code())
                    .isIn("PendingDeletion", "Forbidden.KeyNotFound");
            node.stop();
            assertThat(ViewReplay.compare(node.dataDirectory()))
                    .as("events, the oldest of them by version 0.1.0, that give the views back")
                    .isPositive();
        }
    }

    private static String state(SignedHttp client, String keyId) {
        return client.call("DescribeKey", Map.of("KeyId", keyId)).granted().text("KeyMetadata.KeyState");
    }

    private static byte[] bytesFromZero() {
        byte[] material = new byte[32];
        for (int i = 0; i < material.length; i++) {
            material[i] = (byte) i;
        }
        return material;
    }

    private static Properties facts(String version) throws IOException {
        Properties facts = new Properties();
        try (Reader reader = Files.newBufferedReader(STORES.resolve(version).resolve("store.properties"))) {
            facts.load(reader);
        }
        return facts;
    }

    private static void unpack(String version, Path target) throws IOException {
        try (InputStream file = Files.newInputStream(STORES.resolve(version).resolve("store.tar.xz"));
                TarArchiveInputStream archive = new TarArchiveInputStream(new XZCompressorInputStream(file))) {
            for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                Path path = target.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.copy(archive, path);
                }
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(entry.isDirectory() ? "rwx------" : "rw-------"));
            }
        }
    }
}
