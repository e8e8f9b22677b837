package dev.keyledger.api.adapter.node;

import dev.keyledger.api.limits.Rate;
import dev.keyledger.api.startup.NoticeSetting;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.api.startup.SettingsReader;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings of a node that may be told: names as an operator writes them, and values, of those that are not the defaults. No password, key or
 * secret is among them; of addresses only scheme, host and port are, because the rest may hold a token.
 */
final class PlainSettings {

    private static final String OFF = "off";

    private PlainSettings() {}

    /** Those that differ from the defaults. */
    static SortedMap<String, String> of(Settings settings) {
        SortedMap<String, String> told = all(settings);
        told.entrySet()
                .removeAll(
                        all(SettingsReader.read(Map.of(), Map.of(), List.of())).entrySet());
        return told;
    }

    private static SortedMap<String, String> all(Settings settings) {
        SortedMap<String, String> all = new TreeMap<>();
        all.put("KEYLEDGER_DATA_DIR", settings.dataDir().toString());
        all.put("KEYLEDGER_PORT", String.valueOf(settings.port()));
        all.put("KEYLEDGER_HOST", settings.host().getHostAddress());
        put(all, "KEYLEDGER_REGION", settings.region());
        put(all, "KEYLEDGER_ACCOUNT_ID", settings.accountId());
        settings.database().ifPresent(database -> {
            // Everything behind the question mark belongs to the driver, and may be a password of a key file.
            all.put("KEYLEDGER_DB_URL", database.url().split("\\?", 2)[0]);
            all.put("KEYLEDGER_DB_USER", database.service().user());
            put(all, "KEYLEDGER_DB_OWNER_USER", database.owner().map(Settings.Login::user));
        });
        settings.rootKey().ifPresent(rootKey -> all.put("KEYLEDGER_ROOT_KEY", "from " + rootKey.source()));
        put(all, "KEYLEDGER_ACCESS_KEY_ID", settings.bootstrapAccessKey().map(Settings.BootstrapAccessKey::id));
        settings.tls().ifPresent(tls -> {
            all.put("KEYLEDGER_TLS_CERT_FILE", tls.certificate().toString());
            all.put("KEYLEDGER_TLS_KEY_FILE", tls.privateKey().toString());
        });
        all.put("KEYLEDGER_ALLOW_PLAIN_HTTP", String.valueOf(settings.allowPlainHttp()));
        all.put("KEYLEDGER_TRUSTED_PROXIES", String.join(",", settings.trustedProxies()));
        all.put("KEYLEDGER_TEST_CLOCK", String.valueOf(settings.testClock()));
        all.put("KEYLEDGER_DELETION_MAX_WINDOW_DAYS", String.valueOf(settings.maxDeletionWindowDays()));
        all.put("KEYLEDGER_NOTICES", NoticeSetting.textOf(settings.notices()));
        all.put("KEYLEDGER_IMPORT_ALLOW_PKCS1_V15", String.valueOf(settings.allowPkcs1v15()));
        all.put("KEYLEDGER_AUTH_REQUIRE_NONCE", String.valueOf(settings.requireNonce()));
        all.put("KEYLEDGER_LIMIT_USE", rate(settings.limits().use()));
        all.put("KEYLEDGER_LIMIT_MANAGEMENT", rate(settings.limits().management()));
        all.put("KEYLEDGER_LIMIT_IMPORT", rate(settings.limits().importing()));
        all.put("KEYLEDGER_LIMIT_FAILED_AUTH", rate(settings.limits().failedAuthentication()));
        put(all, "KEYLEDGER_LOG_ORIGIN", settings.log().origin());
        put(all, "KEYLEDGER_ANCHOR_FILE", settings.log().anchorFile().map(Object::toString));
        put(all, "KEYLEDGER_ANCHOR_URL", settings.log().anchorUrl().map(PlainSettings::server));
        all.put("KEYLEDGER_LOG_SCRUB_RATE", String.valueOf(settings.log().scrubRate()));
        all.put("KEYLEDGER_WEBHOOK_ALLOW", String.join(",", settings.webhooks().allow()));
        all.put(
                "KEYLEDGER_WEBHOOK_ALLOW_HTTP",
                String.valueOf(settings.webhooks().allowHttp()));
        put(all, "KEYLEDGER_WEBHOOK_PROXY", settings.webhooks().proxy().map(PlainSettings::server));
        put(all, "KEYLEDGER_WEBHOOK_CA_FILE", settings.webhooks().caFile().map(Object::toString));
        all.put("KEYLEDGER_EVENT_STREAMS", String.valueOf(settings.events().streams()));
        all.put("KEYLEDGER_NOTIFY", settings.events().hints() ? "on" : OFF);
        put(all, "KEYLEDGER_EXTENSIONS_DIR", settings.extensionsDir().map(Object::toString));
        settings.kafka().ifPresent(kafka -> {
            all.put("KEYLEDGER_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
            all.put("KEYLEDGER_KAFKA_TOPIC", kafka.topic());
            // Which properties are set, and not to what: passwords are among them.
            put(
                    all,
                    "KEYLEDGER_KAFKA_PROPERTIES_FILE",
                    Optional.of(String.join(
                                    ",", new TreeSet<>(kafka.properties().keySet())))
                            .filter(names -> !names.isEmpty()));
        });
        return all;
    }

    private static void put(Map<String, String> all, String name, Optional<String> value) {
        value.ifPresent(given -> all.put(name, given));
    }

    private static String rate(Optional<Rate> rate) {
        return rate.map(each -> each.perSecond() + "/" + each.burst()).orElse(OFF);
    }

    private static String server(URI url) {
        return url.getScheme() + "://" + url.getAuthority();
    }
}
