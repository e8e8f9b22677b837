package dev.keyledger.api.startup;

import dev.keyledger.api.limits.Limits;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.material.SecretBytes;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything an operator may set, validated. Read once by {@link SettingsReader}.
 *
 * @param dataDir where the embedded database, the generated root key and the generated access key lie
 * @param port TCP port of the service; 0 picks a free one
 * @param host address the service listens on
 * @param region region of ARNs, fixed at the first start; empty means the store's own, or cn-hangzhou for a new store
 * @param accountId account of ARNs, 1 to 32 digits; empty means 16 random digits at the first start
 * @param database an external PostgreSQL; empty means the embedded one
 * @param rootKey the 32 bytes of the root key, if given by setting
 * @param bootstrapAccessKey the first access key, if given by setting
 * @param tls certificate and key files in PEM; empty means plain HTTP
 * @param allowPlainHttp whether plain HTTP may be served on an address other than loopback
 * @param trustedProxies networks whose forwarding headers are believed, in CIDR notation
 * @param testClock whether this store has the drivable clock
 * @param maxDeletionWindowDays longest pending window of ScheduleKeyDeletion in days, 30 to 366
 * @param notices how long before an expiry or a destruction notices are given
 * @param allowPkcs1v15 whether RSAES_PKCS1_V1_5 imports are accepted
 * @param requireNonce whether a signed request without a nonce is refused
 * @param limits how much a principal or an address may ask of a node
 * @param log name and anchors of the transparency log
 * @param events how events are passed on
 * @param webhooks where messages to webhooks may go to, and how
 * @param extensionsDir where the jars of extensions lie; empty means there are none
 * @param kafka the broker that is told of events; empty means there is none
 */
public record Settings(
        Path dataDir,
        int port,
        InetAddress host,
        Optional<String> region,
        Optional<String> accountId,
        Optional<ExternalDatabase> database,
        Optional<RootKeySetting> rootKey,
        Optional<BootstrapAccessKey> bootstrapAccessKey,
        Optional<TlsFiles> tls,
        boolean allowPlainHttp,
        List<String> trustedProxies,
        boolean testClock,
        int maxDeletionWindowDays,
        NoticeLadder notices,
        boolean allowPkcs1v15,
        boolean requireNonce,
        Limits limits,
        TransparencyLog log,
        Events events,
        Webhooks webhooks,
        Optional<Path> extensionsDir,
        Optional<Kafka> kafka) {

    /**
     * An external PostgreSQL.
     *
     * @param owner the role that owns the schema, if it is not the service's own
     */
    public record ExternalDatabase(String url, Login service, Optional<Login> owner) {}

    /** A database role and its password. */
    public record Login(String user, String password) {

        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /**
     * A root key from a variable or a mounted file.
     *
     * @param source the setting it came from, for the start log
     * @param file the file the setting named, if it named one
     */
    public record RootKeySetting(String source, SecretBytes key, Optional<Path> file) {}

    /** The access key that may do everything. */
    public record BootstrapAccessKey(String id, SecretBytes secret) {}

    /** A server certificate chain and its private key, PEM files. */
    public record TlsFiles(Path certificate, Path privateKey) {}

    /**
     * The audit log as others see it.
     *
     * @param origin its name, a host name, fixed at the first start; empty means the store's own, or one made of the store's id for a new log
     * @param anchorFile file outside the database to which checkpoints are appended
     * @param anchorUrl where checkpoints are posted, http or https
     * @param scrubRate records a second that are held against the signed log again
     */
    public record TransparencyLog(
            Optional<String> origin, Optional<Path> anchorFile, Optional<URI> anchorUrl, int scrubRate) {

        /** A full tile a second: 22 million records a day. */
        static final int DEFAULT_SCRUB_RATE = 256;

        /** Named after the store, and anchored nowhere. */
        public static final TransparencyLog DEFAULT =
                new TransparencyLog(Optional.empty(), Optional.empty(), Optional.empty(), DEFAULT_SCRUB_RATE);
    }

    /**
     * A Kafka cluster.
     *
     * @param bootstrapServers hosts and ports, separated by commas
     * @param properties of the client, by their names in Kafka; passwords among them
     */
    public record Kafka(String bootstrapServers, String topic, Map<String, String> properties) {

        static final String DEFAULT_TOPIC = "keyledger.key-events";

        public Kafka {
            properties = Map.copyOf(properties);
        }

        @Override
        public String toString() {
            return "Kafka[" + bootstrapServers + ", " + topic + "]";
        }
    }

    /**
     * What goes out to receivers of webhooks.
     *
     * @param allow what receivers may be beside the public Internet: {@code host:port}, {@code host:*}, or a network in CIDR notation with or
     *     without a port
     * @param allowHttp whether a receiver may be without TLS
     * @param proxy through which all messages go
     * @param caFile certificates in PEM that are trusted beside the platform's
     */
    public record Webhooks(List<String> allow, boolean allowHttp, Optional<URI> proxy, Optional<Path> caFile) {

        /** Public receivers with TLS, straight. */
        public static final Webhooks DEFAULT = new Webhooks(List.of(), false, Optional.empty(), Optional.empty());

        public Webhooks {
            allow = List.copyOf(allow);
        }
    }

    /**
     * How events are passed on.
     *
     * @param streams most streams of events that a node serves at a time
     * @param hints whether nodes tell each other of changes through the database; without it they look by themselves
     */
    public record Events(int streams, boolean hints) {

        static final int DEFAULT_STREAMS = 1_000;

        /** As many streams as one node is measured with, and hints. */
        public static final Events DEFAULT = new Events(DEFAULT_STREAMS, true);
    }

    /** Embedded database and a loopback address: the only mode in which a root key is made and plain HTTP needs no word. */
    public boolean devMode() {
        return database.isEmpty() && host.isLoopbackAddress();
    }
}
