package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A back-up is a copy of the stopped database; with the root key that is kept elsewhere it comes back to life in another place. */
class BackupIT {

    private static final String PLAINTEXT =
            Base64.getEncoder().encodeToString("restored".getBytes(StandardCharsets.UTF_8));

    @Test
    void a_copy_of_the_stopped_database_and_the_root_key_restore_the_service(@TempDir Path directory) throws Exception {
        byte[] material = Wrapping.material();
        ExternalKey key;
        String blob;
        AccessKeyPair accessKey;
        Path data;
        Path backup = Files.createDirectory(directory.resolve("backup"));
        Shell shell = new Shell(directory);
        try (KeyledgerProcess node =
                KeyledgerProcess.in(directory.resolve("node")).start()) {
            SignedHttp client = new SignedHttp(node);
            key = ExternalKey.holding(client, material);
            blob = client.call("Encrypt", Map.of("KeyId", key.keyId(), "Plaintext", PLAINTEXT))
                    .granted()
                    .text("CiphertextBlob");
            accessKey = node.accessKey();
            data = node.dataDirectory();
            node.stop();
            shell.run("cp -a '" + data.resolve("postgres") + "' '" + backup + "'");
            shell.run("cp -a '" + data.resolve("root-key") + "' '" + directory.resolve("root-key-elsewhere") + "'");
        }

        KeyledgerProcess.Launch elsewhere = KeyledgerProcess.in(directory.resolve("restored"));
        Path restored = Files.createDirectories(elsewhere.directory().resolve("keyledger-data"));
        shell.run("cp -a '" + backup.resolve("postgres") + "' '" + restored + "'");
        try (KeyledgerProcess node = elsewhere
                .with(
                        "KEYLEDGER_ROOT_KEY_FILE",
                        directory.resolve("root-key-elsewhere").toString())
                .start()) {
            SignedHttp client = new SignedHttp(node.url(), accessKey);
            assertThat(client.call("Decrypt", Map.of("CiphertextBlob", blob))
                            .granted()
                            .text("Plaintext"))
                    .isEqualTo(PLAINTEXT);
            ExternalKey again = ExternalKey.of(client, key.keyId(), "RSAES_OAEP_SHA_256");
            again.importMaterial(Wrapping.material()).refusedWith("InvalidKeyMaterial");
            again.importMaterial(material).granted();
            node.stop();
        }
    }
}
