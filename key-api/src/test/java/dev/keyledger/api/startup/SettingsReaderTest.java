package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.api.limits.Limits;
import dev.keyledger.api.limits.Rate;
import dev.keyledger.cmk.NoticeLadder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {

    private static final String ROOT_KEY =
            Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    @TempDir
    private Path temp;

    private static Settings read(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>();
        for (int n = 0; n < namesAndValues.length; n += 2) {
            environment.put(namesAndValues[n], namesAndValues[n + 1]);
        }
        return SettingsReader.read(environment, Map.of(), List.of());
    }

    @Test
    void nothing_set_is_dev_mode_with_the_documented_defaults() {
        Settings settings = read();
        assertThat(settings.devMode()).isTrue();
        assertThat(settings.dataDir()).isEqualTo(Path.of("keyledger-data"));
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.host()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(settings.maxDeletionWindowDays()).isEqualTo(30);
        assertThat(settings.allowPkcs1v15()).isTrue();
        assertThat(settings.requireNonce()).isFalse();
        assertThat(settings.testClock()).isFalse();
        assertThat(settings.database()).isEmpty();
        assertThat(settings.rootKey()).isEmpty();
        assertThat(settings.bootstrapAccessKey()).isEmpty();
        assertThat(settings.tls()).isEmpty();
        assertThat(settings.limits()).isEqualTo(Limits.DEFAULT);
        assertThat(settings.log()).isEqualTo(Settings.TransparencyLog.DEFAULT);
    }

    @Test
    void the_log_has_a_name_and_anchors() {
        Settings.TransparencyLog log = read(
                        "KEYLEDGER_LOG_ORIGIN", "kms-log.example.com",
                        "KEYLEDGER_ANCHOR_FILE", temp.resolve("anchor").toString(),
                        "KEYLEDGER_ANCHOR_URL", "https://witness.example/add?log=1")
                .log();
        assertThat(log.origin()).contains("kms-log.example.com");
        assertThat(log.anchorFile()).contains(temp.resolve("anchor").toAbsolutePath());
        assertThat(log.anchorUrl()).contains(URI.create("https://witness.example/add?log=1"));
    }

    private Path kafkaProperties(String mode, String content) throws IOException {
        Path file = Files.writeString(temp.resolve("kafka.properties"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    @Test
    void a_broker_has_a_topic_and_properties_that_nobody_is_shown() throws IOException {
        assertThat(read().kafka()).isEmpty();
        assertThat(read("KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", "one:9092, [::1]:9093")
                        .kafka())
                .contains(new Settings.Kafka("one:9092, [::1]:9093", "keyledger.key-events", Map.of()));
        Path file = kafkaProperties("rw-------", "security.protocol = SASL_SSL \nssl.key.password=kennwort-0815\n");
        Settings settings = read(
                "KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", "one:9092",
                "KEYLEDGER_KAFKA_TOPIC", "keys",
                "KEYLEDGER_KAFKA_PROPERTIES_FILE", file.toString());
        assertThat(settings.kafka().orElseThrow().properties())
                .isEqualTo(Map.of("security.protocol", "SASL_SSL", "ssl.key.password", "kennwort-0815"));
        assertThat(settings.toString()).contains("one:9092").doesNotContain("kennwort");
    }

    @ParameterizedTest
    @CsvSource({
        "rw-r--r--, client.id=x, may be read by others",
        "rw-------, acks=geheim, must not set acks",
        "rw-------, enable.idempotence=geheim, must not set enable.idempotence",
        "rw-------, bootstrap.servers=geheim, must not set bootstrap.servers",
        "rw-------, value.serializer=geheim, must not set value.serializer",
        "rw-------, interceptor.classes=geheim, must not set interceptor.classes",
        "rw-------, compression.type=geheim, none or gzip",
        "rw-------, client.id=\\uXgeheim, cannot be read as a file of properties"
    })
    void properties_of_the_broker_that_break_its_promise_are_refused_without_their_values(
            String mode, String content, String words) throws IOException {
        Path file = kafkaProperties(mode, content);
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> read(
                        "KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS",
                        "one:9092",
                        "KEYLEDGER_KAFKA_PROPERTIES_FILE",
                        file.toString()))
                .withMessageContaining(words)
                .satisfies(refusal ->
                        assertThat(refusal).hasMessageNotContaining("geheim").hasNoCause());
    }

    @Test
    void a_broker_without_its_address_is_refused() {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> read("KEYLEDGER_KAFKA_TOPIC", "keys"))
                .withMessageContaining("need KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS");
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> read("KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", "one"))
                .withMessageContaining("hosts and ports");
    }

    @Test
    void events_are_passed_on_with_hints_and_to_so_many_streams() {
        assertThat(read().events()).isEqualTo(Settings.Events.DEFAULT);
        assertThat(read("KEYLEDGER_NOTIFY", "off", "KEYLEDGER_EVENT_STREAMS", "0")
                        .events())
                .isEqualTo(new Settings.Events(0, false));
    }

    @Test
    void limits_are_rates_with_a_burst_or_off() {
        assertThat(read(
                                "KEYLEDGER_LIMIT_USE", "100",
                                "KEYLEDGER_LIMIT_MANAGEMENT", "10/50",
                                "KEYLEDGER_LIMIT_IMPORT", "off",
                                "KEYLEDGER_LIMIT_FAILED_AUTH", "off")
                        .limits())
                .isEqualTo(new Limits(
                        Optional.of(new Rate(100, 200)),
                        Optional.of(new Rate(10, 50)),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void arguments_win_over_properties_and_these_over_the_environment() {
        Map<String, String> environment =
                Map.of("KEYLEDGER_PORT", "1001", "KEYLEDGER_REGION", "cn-beijing", "KEYLEDGER_ACCOUNT_ID", "1");
        Map<String, String> properties = Map.of("keyledger.port", "1002", "keyledger.region", "cn-shanghai");
        Settings settings = SettingsReader.read(environment, properties, List.of("--keyledger.port=1003"));
        assertThat(settings.port()).isEqualTo(1003);
        assertThat(settings.region()).contains("cn-shanghai");
        assertThat(settings.accountId()).contains("1");
    }

    @Test
    void properties_are_spelled_with_dots_and_dashes() {
        Settings settings = SettingsReader.read(
                Map.of(), Map.of(), List.of("--keyledger.data-dir=/d", "--keyledger.deletion.max-window-days=366"));
        assertThat(settings.dataDir()).isEqualTo(Path.of("/d"));
        assertThat(settings.maxDeletionWindowDays()).isEqualTo(366);
    }

    @Test
    void what_kubernetes_injects_for_a_service_of_this_name_is_no_setting() {
        Settings settings = read(
                "KEYLEDGER_PORT", "tcp://10.0.0.1:8080",
                "KEYLEDGER_SERVICE_HOST", "10.0.0.1",
                "KEYLEDGER_SERVICE_PORT", "8080",
                "KEYLEDGER_SERVICE_PORT_HTTP", "8080",
                "KEYLEDGER_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                "KEYLEDGER_PORT_8080_TCP_PROTO", "tcp");
        assertThat(settings.port()).isEqualTo(8080);
    }

    @Test
    void the_command_line_s_own_variables_are_no_settings() {
        Settings settings = read("KEYLEDGER_URL", "https://keys.example", "KEYLEDGER_CA_FILE", "/ca.pem");
        assertThat(settings.port()).isEqualTo(8080);
    }

    @Test
    void other_variables_and_properties_are_not_ours() {
        assertThat(SettingsReader.read(Map.of("DEBUG", "1"), Map.of("server.port", "9"), List.of())
                        .port())
                .isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        KEYLEDGER_PROT                     | 8080             | The setting KEYLEDGER_PROT is not known; known are
        KEYLEDGER_PORT                     | 65536            | KEYLEDGER_PORT must be a whole number from 0 to 65535.
        KEYLEDGER_PORT                     | eighty           | KEYLEDGER_PORT must be a whole number from 0 to 65535.
        KEYLEDGER_REGION                   | CN Hangzhou      | KEYLEDGER_REGION must be lower-case letters, digits and dashes.
        KEYLEDGER_ACCOUNT_ID               | me               | KEYLEDGER_ACCOUNT_ID must be 1 to 32 digits.
        KEYLEDGER_NOTIFY                   | true             | KEYLEDGER_NOTIFY must be on or off.
        KEYLEDGER_EVENT_STREAMS            | -1               | KEYLEDGER_EVENT_STREAMS must be a whole number from 0 to 100000.
        KEYLEDGER_TEST_CLOCK               | yes              | KEYLEDGER_TEST_CLOCK must be true or false.
        KEYLEDGER_DELETION_MAX_WINDOW_DAYS | 7                | KEYLEDGER_DELETION_MAX_WINDOW_DAYS must be a whole number from 30 to 366.
        KEYLEDGER_NOTICES                  | 30d,,1h          | KEYLEDGER_NOTICES must be off, or at most 16 different periods
        KEYLEDGER_NOTICES                  | 24h,1d           | KEYLEDGER_NOTICES must be off, or at most 16 different periods
        KEYLEDGER_NOTICES                  | 30s              | KEYLEDGER_NOTICES must be off, or at most 16 different periods
        KEYLEDGER_NOTICES                  | 4000d            | KEYLEDGER_NOTICES must be off, or at most 16 different periods
        KEYLEDGER_TRUSTED_PROXIES          | proxy.local      | KEYLEDGER_TRUSTED_PROXIES must be addresses or networks
        KEYLEDGER_TRUSTED_PROXIES          | 10.0.0.0/33      | KEYLEDGER_TRUSTED_PROXIES must be addresses or networks
        KEYLEDGER_DB_USER                  | keyledger        | KEYLEDGER_DB_USER and KEYLEDGER_DB_PASSWORD must be set together or not at all.
        KEYLEDGER_DB_URL                   | jdbc:mysql://h/d | KEYLEDGER_DB_URL must start with jdbc:postgresql://.
        KEYLEDGER_ACCESS_KEY_ID            | LTAI             | KEYLEDGER_ACCESS_KEY_ID and KEYLEDGER_ACCESS_KEY_SECRET must be set together
        KEYLEDGER_TLS_CERT_FILE            | /nowhere.pem     | KEYLEDGER_TLS_CERT_FILE and KEYLEDGER_TLS_KEY_FILE must be set together
        KEYLEDGER_ROOT_KEY_FILE            | /nowhere/root    | KEYLEDGER_ROOT_KEY_FILE cannot be read: /nowhere/root.
        KEYLEDGER_LIMIT_USE                | many             | KEYLEDGER_LIMIT_USE must be off, a whole number of requests a second
        KEYLEDGER_LIMIT_FAILED_AUTH        | 10/5             | KEYLEDGER_LIMIT_FAILED_AUTH must be off, a whole number of requests a second
        KEYLEDGER_LOG_ORIGIN               | Log.Example      | KEYLEDGER_LOG_ORIGIN must be a host name in lower case
        KEYLEDGER_LOG_ORIGIN               | log.example/one  | KEYLEDGER_LOG_ORIGIN must be a host name in lower case
        KEYLEDGER_ANCHOR_FILE              | /no/where/anchor | KEYLEDGER_ANCHOR_FILE must be a file that can be read and appended to
        KEYLEDGER_ANCHOR_FILE              | /                | KEYLEDGER_ANCHOR_FILE must be a file that can be read and appended to
        KEYLEDGER_ANCHOR_URL               | file:///tmp/x    | KEYLEDGER_ANCHOR_URL must be an http or https URL
        KEYLEDGER_ANCHOR_URL               | http://u:p@h/x   | KEYLEDGER_ANCHOR_URL must be an http or https URL
        KEYLEDGER_HOST                     | no such host     | KEYLEDGER_HOST is not an address of this machine: no such host.
        """)
    void a_setting_that_is_unknown_or_malformed_is_one_sentence(String name, String value, String sentence) {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> read(name, value))
                .withMessageStartingWith(sentence);
    }

    @Test
    void an_argument_that_is_no_setting_is_refused_without_its_value() {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> SettingsReader.read(Map.of(), Map.of(), List.of("--root-key=c2VjcmV0")))
                .withMessageContaining("--root-key")
                .withMessageNotContaining("c2VjcmV0");
    }

    @ParameterizedTest
    @CsvSource({
        "user=me, user",
        "ssl=true&password=geheim4711, password",
        "options=-c%20fsync=off, options",
        "logServerErrorDetail=true, detail"
    })
    void the_database_url_carries_nothing_that_is_ours_to_set(String parameters, String why) {
        assertThatExceptionOfType(StartupFailure.class)
                .as(why)
                .isThrownBy(() -> read(
                        "KEYLEDGER_DB_URL", "jdbc:postgresql://h/d?" + parameters,
                        "KEYLEDGER_DB_USER", "u",
                        "KEYLEDGER_DB_PASSWORD", "p"))
                .withMessageStartingWith(
                        "KEYLEDGER_DB_URL must not carry user, password, options or logServerErrorDetail")
                .withMessageNotContaining("geheim4711");
    }

    @Test
    void the_notice_ladder_is_read_in_days_hours_and_minutes_and_written_in_one_form() {
        assertThat(read().notices()).isEqualTo(NoticeLadder.DEFAULT);
        assertThat(NoticeSetting.textOf(NoticeLadder.DEFAULT)).isEqualTo("30d,7d,1d,1h");
        assertThat(NoticeSetting.textOf(
                        read("KEYLEDGER_NOTICES", "90m, 36h,48h ,120m").notices()))
                .isEqualTo("2d,36h,2h,90m");
        assertThat(read("KEYLEDGER_NOTICES", "off").notices().rungs()).isEmpty();
        assertThat(NoticeSetting.textOf(read("KEYLEDGER_NOTICES", "off").notices()))
                .isEqualTo("off");
    }

    @Test
    void a_root_key_of_another_length_or_form_is_never_quoted() {
        for (String wrong : List.of("c2hvcnQ=", "geheim-4711-nicht-base64", ROOT_KEY + ROOT_KEY)) {
            assertThatExceptionOfType(StartupFailure.class)
                    .isThrownBy(() -> read("KEYLEDGER_ROOT_KEY", wrong))
                    .withMessageStartingWith("KEYLEDGER_ROOT_KEY must be the Base64 form of exactly 32 bytes")
                    .withMessageNotContaining(wrong);
        }
    }

    @Test
    void secrets_come_from_files_with_the_line_end_an_editor_leaves() throws IOException {
        Path rootKey = Files.writeString(temp.resolve("root"), ROOT_KEY + "\n");
        Path password = Files.writeString(temp.resolve("password"), "pass word\r\n");
        Settings settings = read(
                "KEYLEDGER_ROOT_KEY_FILE",
                rootKey.toString(),
                "KEYLEDGER_DB_URL",
                "jdbc:postgresql://h/d",
                "KEYLEDGER_DB_USER",
                "u",
                "KEYLEDGER_DB_PASSWORD_FILE",
                password.toString());
        assertThat(settings.rootKey().orElseThrow().source()).isEqualTo("KEYLEDGER_ROOT_KEY_FILE");
        assertThat(settings.database().orElseThrow().service().password()).isEqualTo("pass word");
    }

    @Test
    void a_secret_given_twice_or_in_an_empty_file_is_refused() throws IOException {
        Path empty = Files.writeString(temp.resolve("empty"), "\n");
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> read("KEYLEDGER_ROOT_KEY", ROOT_KEY, "KEYLEDGER_ROOT_KEY_FILE", empty.toString()))
                .withMessage("KEYLEDGER_ROOT_KEY and KEYLEDGER_ROOT_KEY_FILE must not both be set.");
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> read("KEYLEDGER_ROOT_KEY_FILE", empty.toString()))
                .withMessage("KEYLEDGER_ROOT_KEY_FILE names an empty file: " + empty + ".");
    }

    @Test
    void no_secret_shows_in_the_text_of_the_settings() {
        Settings settings = read(
                "KEYLEDGER_ROOT_KEY", ROOT_KEY,
                "KEYLEDGER_ACCESS_KEY_ID", "LTAI",
                "KEYLEDGER_ACCESS_KEY_SECRET", "geheim-geheim-4711",
                "KEYLEDGER_DB_URL", "jdbc:postgresql://h/d",
                "KEYLEDGER_DB_USER", "u",
                "KEYLEDGER_DB_PASSWORD", "kennwort-0815");
        assertThat(settings.toString()).contains("LTAI").doesNotContain("geheim", "kennwort", ROOT_KEY);
    }

    @Test
    void dev_mode_ends_with_an_external_database_or_another_address() {
        assertThat(read("KEYLEDGER_HOST", "0.0.0.0").devMode()).isFalse();
        assertThat(read(
                                "KEYLEDGER_DB_URL", "jdbc:postgresql://h/d",
                                "KEYLEDGER_DB_USER", "u",
                                "KEYLEDGER_DB_PASSWORD", "p")
                        .devMode())
                .isFalse();
        assertThat(read("KEYLEDGER_HOST", "::1").devMode()).isTrue();
    }

    @Test
    void the_readme_lists_every_setting() throws IOException {
        String sentence = "";
        try {
            read("KEYLEDGER_NO_SUCH", "x");
        } catch (StartupFailure unknown) {
            sentence = String.valueOf(unknown.getMessage());
        }
        String table = Files.readString(Path.of("..", "README.md"));
        TreeSet<String> known = Pattern.compile("KEYLEDGER_[A-Z0-9_]+")
                .matcher(sentence.substring(sentence.indexOf("known are")))
                .results()
                .map(match -> match.group())
                .filter(name -> !name.endsWith("_FILE") || name.startsWith("KEYLEDGER_TLS"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(known).hasSizeGreaterThan(15);
        for (String name : known) {
            String rest = name.substring("KEYLEDGER".length());
            assertThat(table).as(name).containsPattern("`(KEYLEDGER)?" + rest + "`");
        }
    }
}
