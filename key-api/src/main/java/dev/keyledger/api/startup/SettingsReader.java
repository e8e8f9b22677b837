package dev.keyledger.api.startup;

import dev.keyledger.api.limits.Limits;
import dev.keyledger.api.limits.Rate;
import dev.keyledger.api.startup.Settings.BootstrapAccessKey;
import dev.keyledger.api.startup.Settings.Events;
import dev.keyledger.api.startup.Settings.ExternalDatabase;
import dev.keyledger.api.startup.Settings.Kafka;
import dev.keyledger.api.startup.Settings.Login;
import dev.keyledger.api.startup.Settings.RootKeySetting;
import dev.keyledger.api.startup.Settings.TlsFiles;
import dev.keyledger.api.startup.Settings.TransparencyLog;
import dev.keyledger.api.startup.Settings.Webhooks;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads settings from program arguments ({@code --keyledger.port=…}), system properties ({@code keyledger.port}) and environment variables
 * ({@code KEYLEDGER_PORT}), in this order of precedence. A name that is not known or a value that is malformed is a {@link StartupFailure}.
 */
public final class SettingsReader {

    private static final String PREFIX = "KEYLEDGER_";

    /** Settings that take a plain value only. */
    private static final Set<String> PLAIN = Set.of(
            "DATA_DIR",
            "PORT",
            "HOST",
            "REGION",
            "ACCOUNT_ID",
            "DB_URL",
            "DB_USER",
            "DB_OWNER_USER",
            "ACCESS_KEY_ID",
            "TLS_CERT_FILE",
            "TLS_KEY_FILE",
            "TRUSTED_PROXIES",
            "TEST_CLOCK",
            "ALLOW_PLAIN_HTTP",
            "DELETION_MAX_WINDOW_DAYS",
            "NOTICES",
            "IMPORT_ALLOW_PKCS1_V15",
            "AUTH_REQUIRE_NONCE",
            "LIMIT_USE",
            "LIMIT_MANAGEMENT",
            "LIMIT_IMPORT",
            "LIMIT_FAILED_AUTH",
            "LOG_ORIGIN",
            "ANCHOR_FILE",
            "ANCHOR_URL",
            "LOG_SCRUB_RATE",
            "EXTENSIONS_DIR",
            "KAFKA_BOOTSTRAP_SERVERS",
            "KAFKA_TOPIC",
            "KAFKA_PROPERTIES_FILE",
            "WEBHOOK_ALLOW",
            "WEBHOOK_ALLOW_HTTP",
            "WEBHOOK_PROXY",
            "WEBHOOK_CA_FILE",
            "EVENT_STREAMS",
            "NOTIFY");

    /** Settings that may also be given as {@code …_FILE}: the path of a file that holds the value. */
    private static final Set<String> SECRET =
            Set.of("DB_PASSWORD", "DB_OWNER_PASSWORD", "ROOT_KEY", "ACCESS_KEY_SECRET");

    private static final Path DATA_DIR = Path.of("keyledger-data");

    /** What {@link #readStore} reads. */
    private static final Set<String> OF_THE_STORE = Set.of(
            "DATA_DIR",
            "DB_URL",
            "DB_USER",
            "DB_PASSWORD",
            "DB_PASSWORD_FILE",
            "DB_OWNER_USER",
            "DB_OWNER_PASSWORD",
            "DB_OWNER_PASSWORD_FILE");

    /** What Kubernetes injects into every container for a service called "keyledger"; not settings of ours. */
    private static final Pattern INJECTED = Pattern.compile("SERVICE_(HOST|PORT.*)|PORT_.*");

    /** The command line's own variables; where they are set, a service may be started as well. */
    private static final Set<String> OF_THE_COMMAND_LINE = Set.of("URL", "CA_FILE");

    /** The URL is logged, so it holds no password; the other parameters would undo time limits and let values into exception texts. */
    private static final Pattern RESERVED_IN_URL =
            Pattern.compile("[?&](user|password|options|logServerErrorDetail)=", Pattern.CASE_INSENSITIVE);

    private static final Pattern ACCESS_KEY_ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern ORIGIN =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final String SERVER = "\\s*([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}\\s*";
    private static final Pattern SERVERS = Pattern.compile(SERVER + "(," + SERVER + ")*");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");
    private static final Pattern RECEIVER =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([1-9][0-9]{0,4}|\\*)");
    private static final Pattern RANGE_PORT =
            Pattern.compile("^\\[?([0-9A-Fa-f:.]+/[0-9]{1,3})]?:([1-9][0-9]{0,4}|\\*)$");
    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{1,32}");

    private final Map<String, String> values;

    private SettingsReader(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads and validates all settings.
     *
     * @throws StartupFailure with one sentence about the first thing that is wrong
     */
    public static Settings read(
            Map<String, String> environment, Map<String, String> properties, List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !injected(name, value)) {
                values.put(name.substring(PREFIX.length()), value);
            }
        });
        properties.forEach((name, value) -> {
            if (name.startsWith("keyledger.")) {
                values.put(fromProperty(name), value);
            }
        });
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--keyledger.") || equals < 0) {
                throw new StartupFailure(
                        "The argument \"" + argument.split("=", 2)[0]
                                + "\" is not known; settings are given as --keyledger.name=value or as KEYLEDGER_NAME variables.");
            }
            values.put(fromProperty(argument.substring(2, equals)), argument.substring(equals + 1));
        }
        refuseUnknown(values.keySet());
        return new SettingsReader(values).settings();
    }

    /**
     * Reads where the store is and who owns it, from environment variables; every other setting is left alone.
     *
     * @throws StartupFailure with one sentence about the first thing that is wrong
     */
    static StoreSettings readStore(Map<String, String> environment) {
        Map<String, String> values = new HashMap<>();
        for (String name : OF_THE_STORE) {
            if (environment.containsKey(PREFIX + name)) {
                values.put(name, environment.get(PREFIX + name));
            }
        }
        SettingsReader reader = new SettingsReader(values);
        return new StoreSettings(
                reader.path("DATA_DIR").orElse(DATA_DIR),
                reader.text("DB_URL").map(SettingsReader::databaseUrl),
                reader.login("DB_OWNER_USER", "DB_OWNER_PASSWORD").or(() -> reader.login("DB_USER", "DB_PASSWORD")));
    }

    /**
     * Where the store is.
     *
     * @param dataDir the data directory of an embedded database
     * @param url an external database; empty for the embedded one
     * @param owner the role that owns the schema of an external database, or the service's where no owner is set
     */
    record StoreSettings(Path dataDir, Optional<String> url, Optional<Login> owner) {}

    private static boolean injected(String name, String value) {
        String rest = name.substring(PREFIX.length());
        return OF_THE_COMMAND_LINE.contains(rest)
                || INJECTED.matcher(rest).matches()
                || (rest.equals("PORT") && value.startsWith("tcp://"));
    }

    private static String fromProperty(String property) {
        return property.substring("keyledger.".length())
                .replace('.', '_')
                .replace('-', '_')
                .toUpperCase(Locale.ROOT);
    }

    private static void refuseUnknown(Set<String> names) {
        Set<String> known = new TreeSet<>(PLAIN);
        known.addAll(SECRET);
        known.addAll(SECRET.stream().map(name -> name + "_FILE").collect(Collectors.toSet()));
        for (String name : new TreeSet<>(names)) {
            if (!known.contains(name)) {
                throw new StartupFailure("The setting " + PREFIX + name + " is not known; known are "
                        + known.stream().map(each -> PREFIX + each).collect(Collectors.joining(", ")) + ".");
            }
        }
    }

    private Settings settings() {
        return new Settings(
                path("DATA_DIR").orElse(DATA_DIR),
                integer("PORT", 8080, 0, 65_535),
                host(),
                matching("REGION", REGION, "lower-case letters, digits and dashes"),
                matching("ACCOUNT_ID", ACCOUNT, "1 to 32 digits"),
                database(),
                rootKey(),
                bootstrapAccessKey(),
                tls(),
                flag("ALLOW_PLAIN_HTTP", false),
                list("TRUSTED_PROXIES").stream().map(SettingsReader::network).toList(),
                flag("TEST_CLOCK", false),
                integer("DELETION_MAX_WINDOW_DAYS", 30, 30, 366),
                text("NOTICES").map(SettingsReader::notices).orElse(NoticeLadder.DEFAULT),
                flag("IMPORT_ALLOW_PKCS1_V15", true),
                flag("AUTH_REQUIRE_NONCE", false),
                limits(),
                new TransparencyLog(
                        matching(
                                "LOG_ORIGIN",
                                ORIGIN,
                                "a host name in lower case, such as log.example.com, of at most 253 characters"),
                        path("ANCHOR_FILE").map(SettingsReader::anchorFile),
                        text("ANCHOR_URL").map(SettingsReader::anchorUrl),
                        integer("LOG_SCRUB_RATE", TransparencyLog.DEFAULT_SCRUB_RATE, 1, 1_000_000)),
                new Events(
                        integer("EVENT_STREAMS", Events.DEFAULT_STREAMS, 0, 100_000),
                        onOrOff("NOTIFY", Events.DEFAULT.hints())),
                webhooks(),
                path("EXTENSIONS_DIR"),
                kafka());
    }

    private Webhooks webhooks() {
        return new Webhooks(
                list("WEBHOOK_ALLOW").stream().map(SettingsReader::receiver).toList(),
                flag("WEBHOOK_ALLOW_HTTP", false),
                text("WEBHOOK_PROXY").map(SettingsReader::proxy),
                path("WEBHOOK_CA_FILE").map(file -> readable("WEBHOOK_CA_FILE", file)));
    }

    private Optional<Kafka> kafka() {
        Optional<String> servers = matching(
                "KAFKA_BOOTSTRAP_SERVERS",
                SERVERS,
                "hosts and ports separated by commas, such as broker.example.com:9092");
        Optional<String> topic = matching("KAFKA_TOPIC", TOPIC, "1 to 249 letters, digits, '.', '_' or '-'");
        Optional<Path> file = path("KAFKA_PROPERTIES_FILE");
        if (servers.isEmpty() && (topic.isPresent() || file.isPresent())) {
            throw new StartupFailure(
                    "KEYLEDGER_KAFKA_TOPIC and KEYLEDGER_KAFKA_PROPERTIES_FILE need KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS as well.");
        }
        return servers.map(each -> new Kafka(
                each,
                topic.orElse(Kafka.DEFAULT_TOPIC),
                file.map(KafkaProperties::read).orElse(Map.of())));
    }

    private List<String> list(String name) {
        return text(name)
                .map(list -> Arrays.stream(list.split(","))
                        .map(String::trim)
                        .filter(each -> !each.isEmpty())
                        .toList())
                .orElse(List.of());
    }

    private static String receiver(String allowed) {
        String place = RANGE_PORT.matcher(allowed).replaceFirst("$1");
        if (RECEIVER.matcher(allowed).matches() || isNetwork(place)) {
            return allowed;
        }
        throw new StartupFailure(
                "KEYLEDGER_WEBHOOK_ALLOW must be host:port, host:*, or networks such as 10.0.0.0/8 or 10.0.0.0/8:9000, separated by"
                        + " commas.");
    }

    private static URI proxy(String text) {
        try {
            URI url = new URI(text);
            if ("http".equals(url.getScheme())
                    && url.getHost() != null
                    && url.getPort() > 0
                    && url.getUserInfo() == null
                    && url.getPath().isEmpty()) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // Falls through to the one sentence for everything that is no proxy.
        }
        throw new StartupFailure("KEYLEDGER_WEBHOOK_PROXY must be http://host:port.");
    }

    private static Path anchorFile(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        boolean usable = Files.exists(absolute)
                ? Files.isRegularFile(absolute) && Files.isReadable(absolute) && Files.isWritable(absolute)
                : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
        if (!usable) {
            // A directory that is missing is a volume that is not mounted: made here, it would lie beside the database.
            throw new StartupFailure(
                    "KEYLEDGER_ANCHOR_FILE must be a file that can be read and appended to, or be made in"
                            + " a directory that is there: " + file + ".");
        }
        return absolute;
    }

    private static URI anchorUrl(String text) {
        try {
            URI url = new URI(text);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // Falls through to the one sentence for every address that nothing can be posted to.
        }
        throw new StartupFailure(
                "KEYLEDGER_ANCHOR_URL must be an http or https URL without user, password and fragment.");
    }

    private static NoticeLadder notices(String text) {
        return NoticeSetting.parse(text)
                .orElseThrow(() -> new StartupFailure("KEYLEDGER_NOTICES must be off, or at most 16 different periods"
                        + " of one minute to 3650 days, such as 30d,7d,1d,1h or 90m."));
    }

    private Limits limits() {
        return new Limits(
                rate("LIMIT_USE"),
                rate("LIMIT_MANAGEMENT"),
                rate("LIMIT_IMPORT"),
                text("LIMIT_FAILED_AUTH").isEmpty()
                        ? Limits.DEFAULT.failedAuthentication()
                        : rate("LIMIT_FAILED_AUTH"));
    }

    private Optional<Rate> rate(String name) {
        return text(name)
                .filter(value -> !value.equals("off"))
                .map(value -> Rate.parse(value)
                        .orElseThrow(() -> new StartupFailure(PREFIX + name
                                + " must be off, a whole number of requests a second such as 100, or that and a larger burst such as"
                                + " 100/500.")));
    }

    private Optional<ExternalDatabase> database() {
        Optional<String> url = text("DB_URL");
        Optional<Login> service = login("DB_USER", "DB_PASSWORD");
        Optional<Login> owner = login("DB_OWNER_USER", "DB_OWNER_PASSWORD");
        if (url.isEmpty()) {
            if (service.isPresent() || owner.isPresent()) {
                throw new StartupFailure(
                        "A database user is set without KEYLEDGER_DB_URL; set the URL too, or neither.");
            }
            return Optional.empty();
        }
        return Optional.of(new ExternalDatabase(
                databaseUrl(url.get()),
                service.orElseThrow(() -> new StartupFailure(
                        "KEYLEDGER_DB_URL needs KEYLEDGER_DB_USER and KEYLEDGER_DB_PASSWORD as well.")),
                owner));
    }

    private static String databaseUrl(String url) {
        if (!url.startsWith("jdbc:postgresql://")) {
            throw new StartupFailure("KEYLEDGER_DB_URL must start with jdbc:postgresql://.");
        }
        if (RESERVED_IN_URL.matcher(url).find()) {
            throw new StartupFailure(
                    "KEYLEDGER_DB_URL must not carry user, password, options or logServerErrorDetail; Keyledger sets these itself.");
        }
        return url;
    }

    private Optional<Login> login(String userName, String passwordName) {
        Optional<String> user = text(userName);
        Optional<String> password = secret(passwordName);
        if (user.isPresent() != password.isPresent()) {
            throw new StartupFailure(
                    PREFIX + userName + " and " + PREFIX + passwordName + " must be set together or not at all.");
        }
        return user.map(name -> new Login(name, password.orElseThrow()));
    }

    private Optional<RootKeySetting> rootKey() {
        String source = values.containsKey("ROOT_KEY_FILE") ? "KEYLEDGER_ROOT_KEY_FILE" : "KEYLEDGER_ROOT_KEY";
        return secret("ROOT_KEY").map(text -> {
            try {
                byte[] key = Base64.getDecoder().decode(text);
                if (key.length == 32) {
                    return new RootKeySetting(source, SecretBytes.takeFrom(key), path("ROOT_KEY_FILE"));
                }
            } catch (IllegalArgumentException notBase64) {
                // Falls through to the same sentence as a wrong length: neither may quote the value.
            }
            throw new StartupFailure(
                    source + " must be the Base64 form of exactly 32 bytes (make one with: openssl rand -base64 32).");
        });
    }

    private Optional<BootstrapAccessKey> bootstrapAccessKey() {
        Optional<String> id = matching("ACCESS_KEY_ID", ACCESS_KEY_ID, "1 to 64 letters, digits, '_', '.' or '-'");
        Optional<String> secret = secret("ACCESS_KEY_SECRET");
        if (id.isPresent() != secret.isPresent()) {
            throw new StartupFailure(
                    "KEYLEDGER_ACCESS_KEY_ID and KEYLEDGER_ACCESS_KEY_SECRET must be set together or not at all.");
        }
        secret.ifPresent(text -> {
            if (text.length() < 16 || text.length() > 128 || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new StartupFailure("KEYLEDGER_ACCESS_KEY_SECRET must be 16 to 128 printable ASCII characters.");
            }
        });
        return id.map(each -> new BootstrapAccessKey(
                each, SecretBytes.takeFrom(secret.orElseThrow().getBytes(StandardCharsets.UTF_8))));
    }

    private Optional<TlsFiles> tls() {
        Optional<Path> certificate = path("TLS_CERT_FILE");
        Optional<Path> key = path("TLS_KEY_FILE");
        if (certificate.isPresent() != key.isPresent()) {
            throw new StartupFailure(
                    "KEYLEDGER_TLS_CERT_FILE and KEYLEDGER_TLS_KEY_FILE must be set together or not at all.");
        }
        return certificate.map(
                file -> new TlsFiles(readable("TLS_CERT_FILE", file), readable("TLS_KEY_FILE", key.orElseThrow())));
    }

    private InetAddress host() {
        String host = text("HOST").orElse("127.0.0.1");
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new StartupFailure("KEYLEDGER_HOST is not an address of this machine: " + host + ".", unknown);
        }
    }

    private static String network(String cidr) {
        String[] parts = cidr.split("/", 2);
        try {
            // Literal addresses only: a name would be looked up, and could change.
            if (parts[0].matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                int bits = InetAddress.getByName(parts[0]).getAddress().length * 8;
                int length = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
                if (length >= 0 && length <= bits) {
                    return parts[0] + "/" + length;
                }
            }
        } catch (UnknownHostException | NumberFormatException malformed) {
            // Falls through to the one sentence for every malformed network.
        }
        throw new StartupFailure(
                "KEYLEDGER_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, separated by commas.");
    }

    private static boolean isNetwork(String text) {
        try {
            return !network(text).isEmpty();
        } catch (StartupFailure malformed) {
            return false;
        }
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(String::trim).filter(value -> !value.isEmpty());
    }

    private Optional<String> secret(String name) {
        Optional<String> direct = text(name);
        Optional<Path> file = path(name + "_FILE");
        if (direct.isPresent() && file.isPresent()) {
            throw new StartupFailure(PREFIX + name + " and " + PREFIX + name + "_FILE must not both be set.");
        }
        return direct.or(() -> file.map(path -> {
            try {
                String value = Files.readString(path).strip();
                if (value.isEmpty()) {
                    throw new StartupFailure(PREFIX + name + "_FILE names an empty file: " + path + ".");
                }
                return value;
            } catch (IOException unreadable) {
                throw new StartupFailure(PREFIX + name + "_FILE cannot be read: " + path + ".", unreadable);
            }
        }));
    }

    private Optional<Path> path(String name) {
        return text(name).map(value -> {
            try {
                return Path.of(value);
            } catch (InvalidPathException malformed) {
                throw new StartupFailure(PREFIX + name + " is not a path.", malformed);
            }
        });
    }

    private static Path readable(String name, Path file) {
        if (!Files.isReadable(file)) {
            throw new StartupFailure(PREFIX + name + " cannot be read: " + file + ".");
        }
        return file;
    }

    private Optional<String> matching(String name, Pattern form, String description) {
        return text(name).map(value -> {
            if (!form.matcher(value).matches()) {
                throw new StartupFailure(PREFIX + name + " must be " + description + ".");
            }
            return value;
        });
    }

    private int integer(String name, int otherwise, int min, int max) {
        return text(name)
                .map(value -> {
                    try {
                        int number = Integer.parseInt(value);
                        if (number >= min && number <= max) {
                            return number;
                        }
                    } catch (NumberFormatException malformed) {
                        // Falls through to the sentence that names the range.
                    }
                    throw new StartupFailure(
                            PREFIX + name + " must be a whole number from " + min + " to " + max + ".");
                })
                .orElse(otherwise);
    }

    private boolean onOrOff(String name, boolean otherwise) {
        return text(name)
                .map(value -> switch (value) {
                    case "on" -> true;
                    case "off" -> false;
                    default -> throw new StartupFailure(PREFIX + name + " must be on or off.");
                })
                .orElse(otherwise);
    }

    private boolean flag(String name, boolean otherwise) {
        return text(name)
                .map(value -> switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new StartupFailure(PREFIX + name + " must be true or false.");
                })
                .orElse(otherwise);
    }
}
