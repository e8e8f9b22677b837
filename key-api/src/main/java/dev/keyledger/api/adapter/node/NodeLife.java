package dev.keyledger.api.adapter.node;

import dev.keyledger.api.KeyledgerApplication;
import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.evidence.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records that this node starts, with what, and that it stops. A node that serves has a record of its start, because without one it does not come
 * so far; a node that was killed has none of its stop.
 */
@Component
class NodeLife implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLife.class);

    /** Before whatever serves or acts, and behind it at the end; before the sequencer and the checkpointer stop, so that the stop is signed. */
    private static final int PHASE = -1;

    /** A longer value is told by its beginning and its digest, so that old and new fit into a record's reason. */
    private static final int LONGEST_VALUE = 72;

    private static final TypeReference<Map<String, String>> PAIRS = new TypeReference<>() {};

    private final Settings settings;
    private final AuditRecords audit;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private volatile boolean running;

    NodeLife(Settings settings, AuditRecords audit, JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.settings = settings;
        this.audit = audit;
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
    }

    @Override
    public void start() {
        SortedMap<String, String> now = PlainSettings.of(settings);
        String text = CanonicalJson.text(now);
        transaction.executeWithoutResult(status -> {
            record(
                    "StartNode",
                    "version=" + version() + " java=" + Runtime.version() + " settings=sha256:" + sha256(text));
            // Locked: of nodes that start together each is compared with the one before.
            String before = jdbc.sql("select settings from last_configuration for update")
                    .query(String.class)
                    .single();
            if (!before.equals(text)) {
                recordChanges(JsonMapper.shared().readValue(before, PAIRS), now);
                jdbc.sql("update last_configuration set settings = :settings, changed_at = keyledger_now()")
                        .param("settings", text)
                        .update();
            }
        });
        running = true;
    }

    private void recordChanges(Map<String, String> before, Map<String, String> now) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            if (!Objects.equals(before.get(name), now.get(name))) {
                record("ChangeConfiguration", name + " is " + told(now.get(name)) + ", was " + told(before.get(name)));
            }
        }
    }

    private static String told(@Nullable String value) {
        if (value == null) {
            return "the default";
        }
        return value.length() <= LONGEST_VALUE
                ? value
                : value.substring(0, LONGEST_VALUE / 2) + "… sha256:"
                        + sha256(value).substring(0, LONGEST_VALUE / 4);
    }

    private void record(String action, String reason) {
        audit.append(
                AuditDraft.ofSystem(UUID.randomUUID().toString(), action).internalReason(reason),
                Outcome.SUCCESS,
                AuditRecords.Covered.NOTHING);
    }

    private static String version() {
        // Classes that do not come from the packaged jar have none.
        return Objects.requireNonNullElse(
                KeyledgerApplication.class.getPackage().getImplementationVersion(), "(unpackaged)");
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    @Override
    public void stop() {
        running = false;
        try {
            transaction.executeWithoutResult(status -> record("StopNode", ""));
        } catch (RuntimeException unwritten) {
            // The database is away, and the node stops all the same: in the log it looks like one that was killed.
            LOG.warn(
                    "the stop of this node could not be recorded: {}",
                    unwritten.getClass().getSimpleName());
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
