package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.crypto.GoldenFile.Vector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class OfflineDecryptTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path directory = Path.of("");

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/ciphertext-blob-v1.json");
    }

    private static Vector onePair() {
        return vectors()
                .filter(vector -> vector.text("name").equals("one pair"))
                .findFirst()
                .orElseThrow();
    }

    private int run(String... arguments) {
        return OfflineDecrypt.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String material(Vector vector) {
        return "base64:" + Base64.getEncoder().encodeToString(vector.hex("material"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void opens_a_blob_with_its_material_and_context(Vector vector) {
        int status = run(
                "--context-json",
                new JsonMapper().writeValueAsString(vector.encryptionContext().pairs()),
                vector.text("ciphertextBlob"),
                material(vector));

        assertThat(status).as(errors()).isZero();
        assertThat(output().strip()).isEqualTo(Base64.getEncoder().encodeToString(vector.hex("plaintext")));
        assertThat(errors()).contains(vector.keyId().value());
    }

    @Test
    void reads_blob_and_material_from_files_and_writes_raw_bytes() throws IOException {
        Vector vector = onePair();
        Path blob = Files.writeString(directory.resolve("blob.txt"), vector.text("ciphertextBlob") + "\n");
        Path binary = Files.write(directory.resolve("KeyMaterial.bin"), vector.hex("material"));
        Path text = Files.writeString(
                directory.resolve("KeyMaterial.txt"),
                Base64.getEncoder().encodeToString(vector.hex("material")) + "\n");

        for (Path material : List.of(binary, text)) {
            out.reset();
            assertThat(run("--raw", "--context", "purpose=backup", "@" + blob, material.toString()))
                    .as(errors())
                    .isZero();
            assertThat(out.toByteArray()).isEqualTo(vector.hex("plaintext"));
        }
    }

    @Test
    void says_what_is_wrong_and_gives_nothing_out() {
        Vector vector = onePair();
        assertThat(run(vector.text("ciphertextBlob"), material(vector))).isEqualTo(OfflineDecrypt.NOT_OPENED);
        assertThat(errors()).contains("other encryption context");
        assertThat(run(
                        "--context",
                        "purpose=backup",
                        vector.text("ciphertextBlob"),
                        "base64:" + Base64.getEncoder().encodeToString(new byte[32])))
                .isEqualTo(OfflineDecrypt.NOT_OPENED);
        assertThat(errors()).contains("other material");
        assertThat(run("AAAA", material(vector))).isEqualTo(OfflineDecrypt.NOT_OPENED);
        assertThat(output()).isEmpty();
    }

    static Stream<List<String>> wrongUses() {
        String blob = onePair().text("ciphertextBlob");
        String material = material(onePair());
        return Stream.of(
                List.of(),
                List.of(blob),
                List.of(blob, material, "more"),
                List.of("--unknown", blob, material),
                List.of(blob, material, "--context"),
                List.of("--context", "noequals", blob, material),
                List.of("--context", "a=b", "--context", "a=c", blob, material),
                List.of("--context-json", "[]", blob, material),
                List.of("--context-json", "{\"a\":1}", blob, material),
                List.of("--context-json", "{\"a\":\"1\",\"a\":\"2\"}", blob, material),
                List.of("--context-json", "{} {}", blob, material),
                List.of("not base64!", material),
                List.of("@/no/such/file", material),
                List.of(blob, "/no/such/file"),
                List.of(blob, "base64:AAAA"));
    }

    @ParameterizedTest
    @MethodSource("wrongUses")
    void explains_its_use(List<String> arguments) {
        assertThat(OfflineDecrypt.run(
                        arguments,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)))
                .isEqualTo(OfflineDecrypt.WRONG_USE);
        assertThat(errors()).contains("usage:");
        assertThat(output()).isEmpty();
    }

    /** The programs of an owner who left may have the JDK and these classes, and nothing else. */
    @Test
    void runs_as_a_program_with_nothing_but_this_modules_classes() throws IOException, InterruptedException {
        Vector vector = onePair();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of("target", "classes").toAbsolutePath().toString(),
                OfflineDecrypt.class.getName(),
                "--context",
                "purpose=backup",
                vector.text("ciphertextBlob"),
                material(vector)));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output)).contains(Base64.getEncoder().encodeToString(vector.hex("plaintext")));
    }
}
