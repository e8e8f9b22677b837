package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.ledger.DeletionLedger;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.evidence.AnnouncedDeletion;
import dev.keyledger.evidence.DeletionLedgerEntry;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.Writes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The deletion ledger in the anchor file (ADR 0019): what is about to be destroyed is announced before the commit, and confirmed with its place in
 * the log once a checkpoint that covers it has reached the file. Without an anchor file nothing is written and nothing is claimed. Thread-safe.
 */
@Component
class AnchoredDeletions implements DeletionLedger {

    private static final Logger LOG = LoggerFactory.getLogger(AnchoredDeletions.class);

    /** Most entries that are confirmed at a time. */
    private static final int MOST_AT_ONCE = 500;

    private static final String REMEMBER =
            "insert into deletion_unconfirmed (event_id, key_id, happened_at, announcement) values (?, ?::uuid, ?, ?)";

    private final Optional<AnchorFile> ledger;
    private final String storeId;
    private final JdbcClient jdbc;

    AnchoredDeletions(Anchors anchors, StoreIdentity identity, JdbcClient jdbc) {
        this.ledger = anchors.file();
        this.storeId = identity.storeId().toString();
        this.jdbc = jdbc;
        anchors.whenReached(this::confirm);
    }

    @Override
    public void announce(List<Destruction> destructions, Writes writes) throws IOException {
        if (ledger.isEmpty()) {
            return;
        }
        List<AnnouncedDeletion> announced =
                destructions.stream().map(this::announced).toList();
        ledger.get().append(announced.stream().map(AnnouncedDeletion::canonical).toList());
        for (AnnouncedDeletion each : announced) {
            writes.add(REMEMBER, each.eventId(), each.keyId(), SqlTime.of(each.at()), each.canonical());
        }
    }

    private AnnouncedDeletion announced(Destruction destruction) {
        @Nullable String version = destruction.versionId();
        if (version == null) {
            version = lastVersion(destruction.keyId());
        }
        return new AnnouncedDeletion(
                storeId,
                destruction.cause(),
                destruction.keyId(),
                version,
                destruction.at(),
                destruction.eventId(),
                destruction.eventDigest());
    }

    /** The version a key had, whatever became of its material since; null if it never had any. */
    private @Nullable String lastVersion(String keyId) {
        return jdbc.sql("""
                        select coalesce(payload ->> 'versionId', payload ->> 'primaryVersion') from (
                            select sequence_number, convert_from(payload, 'UTF8')::jsonb as payload from domain_event
                            where aggregate_identifier = :key
                                and payload_type in ('keyledger.key.created', 'keyledger.key.material-imported')) e
                        order by sequence_number desc limit 1
                        """).param("key", keyId).query(String.class).optional().orElse(null);
    }

    /**
     * Tells the operator which destructions were announced and are unknown to the store. They were given up, or the store was put back to a moment after
     * the last checkpoint: nothing here can tell.
     */
    void tellOfUnknown() throws IOException {
        if (ledger.isEmpty()) {
            return;
        }
        for (AnnouncedDeletion each : ledger.get().announcedSince(storeId)) {
            boolean known = jdbc.sql("select exists (select from domain_event where event_identifier = :event)")
                    .param("event", each.eventId())
                    .query(Boolean.class)
                    .single();
            if (!known) {
                LOG.warn(
                        "The deletion ledger announces that material of key {} is {} ({}), and the store knows nothing of it: that was given up,"
                                + " or the store was put back from a few seconds earlier",
                        each.keyId(),
                        each.cause(),
                        each.at());
            }
        }
    }

    /** A destruction that happened, and its place. */
    private record Placed(AnnouncedDeletion announced, long logIndex) {}

    /**
     * Confirms what happened and is covered by what the file has. Entries may come twice, if this ends in between.
     *
     * @param size records that the last checkpoint in the file covers
     */
    private void confirm(AnchorFile file, long size) throws IOException {
        List<Placed> placed = jdbc.sql("""
                        select d.announcement, p.log_index from deletion_unconfirmed d
                        cross join lateral (
                            select i.log_index from audit_record r join audit_index i using (recorded_at, record_id)
                            where r.key_ids[1] = d.key_id and r.recorded_at >= d.happened_at - interval '1 minute'
                                and d.event_id = any (r.event_ids)
                            limit 1) p
                        where p.log_index < :size
                        order by p.log_index limit :limit
                        """)
                .param("limit", MOST_AT_ONCE)
                .param("size", size)
                .query((row, number) -> new Placed(AnnouncedDeletion.parse(row.getBytes(1)), row.getLong(2)))
                .list();
        if (placed.isEmpty()) {
            return;
        }
        List<byte[]> lines = new ArrayList<>();
        for (Placed each : placed) {
            DeletionLedgerEntry entry = each.announced.confirmed(each.logIndex);
            lines.add(entry.canonical());
        }
        file.append(lines);
        jdbc.sql("delete from deletion_unconfirmed where event_id = any (?)")
                .param(placed.stream().map(each -> each.announced.eventId()).toArray(String[]::new))
                .update();
    }
}
