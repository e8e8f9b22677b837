package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of {@code docs/recipes}, to the letter, against a running node. */
class EventRecipesIT {

    private static final Path RECIPES = Path.of("../docs/recipes");

    private static final Pattern CODE = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);

    private static KeyledgerProcess node;
    private static SignedHttp client;

    @BeforeAll
    static void start(@TempDir Path directory) {
        node = KeyledgerProcess.in(directory.resolve("node")).start();
        client = new SignedHttp(node);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** The code of a recipe; the environment is what its reader has set. */
    private static String code(String recipe, int number) throws IOException {
        return "export KEYLEDGER_URL='" + node.url() + "' KEYLEDGER_ACCESS_KEY_ID='"
                + node.accessKey().id() + "' KEYLEDGER_ACCESS_KEY_SECRET='"
                + node.accessKey().secret() + "'\n"
                + CODE.matcher(Files.readString(RECIPES.resolve(recipe)))
                        .results()
                        .skip(number)
                        .findFirst()
                        .orElseThrow()
                        .group(1);
    }

    private static String key() {
        return SignedHttp.answer("CreateKey", client.send("CreateKey", Map.of("Origin", "EXTERNAL")))
                .granted()
                .text("KeyMetadata.KeyId");
    }

    private static void placed(String key) {
        Store store = Store.embeddedIn(node);
        Await.until(
                "the key's event has its place",
                Duration.ofSeconds(30),
                () -> store.count("select count(*) from feed_event where subject = '" + key + "'") > 0);
    }

    @Test
    @Tag("curl")
    @ForeignProgram("curl")
    void curl_watches(@TempDir Path directory) throws IOException {
        String key = key();
        placed(key);
        Shell shell = new Shell(directory);

        Files.writeString(directory.resolve("watch.sh"), code("watch-with-curl.md", 0));
        String watched = shell.run("setsid bash watch.sh > watched & until grep -sm 1 " + key
                + " watched; do sleep 0.1; done; kill -- -$!");
        assertThat(watched).startsWith("{\"specversion\":\"1.0\"").contains("keyledger.key.created");

        Files.writeString(directory.resolve("page.sh"), code("watch-with-curl.md", 1));
        shell.run("bash page.sh");
        assertThat(Files.readString(directory.resolve("events.json"))).contains(key);
        String later = key();
        placed(later);
        shell.run("bash page.sh");
        assertThat(Files.readString(directory.resolve("events.json")))
                .contains(later)
                .doesNotContain(key);
    }

    @Test
    @Tag("curl")
    @ForeignProgram("curl")
    void what_is_about_to_expire_is_counted_for_prometheus(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("count.sh"), code("alerts-with-prometheus.md", 0));
        new Shell(directory).run("bash count.sh");

        assertThat(Files.readString(directory.resolve("keyledger.prom")))
                .isEqualTo("keyledger_keys_material_expires_within_7_days 0\n");
    }

    @Test
    @Tag("npm")
    @ForeignProgram({"node", "npm"})
    void node_drops_data_keys_and_finds_every_type_a_cloud_event(@TempDir Path directory) throws Exception {
        Path recipe = RECIPES.resolve("drop-cached-data-keys-node");
        for (String file : List.of("package.json", "package-lock.json", "data-keys.js", "example.js")) {
            Files.copy(recipe.resolve(file), directory.resolve(file));
        }
        new Shell(directory).run("npm ci --no-audit --no-fund");
        strictlyCloudEvents(directory);

        String key = SignedHttp.answer("CreateKey", client.send("CreateKey", Map.of()))
                .granted()
                .text("KeyMetadata.KeyId");
        ProcessBuilder builder = new ProcessBuilder("node", "example.js", key)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("KEYLEDGER_URL", node.url().toString());
        builder.environment().put("KEYLEDGER_ACCESS_KEY_ID", node.accessKey().id());
        builder.environment()
                .put("KEYLEDGER_ACCESS_KEY_SECRET", node.accessKey().secret());
        Process process = builder.start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("keeps " + key);
            SignedHttp.answer("DisableKey", client.send("DisableKey", Map.of("KeyId", key)))
                    .granted();
            assertThat(said.readLine()).isEqualTo("dropped " + key);
        } finally {
            process.destroy();
        }
    }

    /** Every golden file of every type, one by one. */
    private static void strictlyCloudEvents(Path directory) throws IOException {
        Path golden = Files.createDirectory(directory.resolve("golden"));
        int count = 0;
        try (Stream<Path> files = Files.list(Path.of("../key-domain/src/test/resources/cloudevents"))) {
            for (Path file : files.toList()) {
                Files.copy(file, golden.resolve(Objects.requireNonNull(file.getFileName())));
                count++;
            }
        }
        Files.writeString(directory.resolve("validate.js"), """
                import { CloudEvent } from "cloudevents";
                import { readdirSync, readFileSync } from "node:fs";
                let count = 0;
                for (const file of readdirSync("golden")) {
                  const event = JSON.parse(readFileSync(`golden/${file}`));
                  if (!new CloudEvent(event, true).validate()) throw new Error(file);
                  count++;
                }
                console.log(count);
                """);
        assertThat(new Shell(directory).run("node validate.js").strip()).isEqualTo(Integer.toString(count));
    }
}
