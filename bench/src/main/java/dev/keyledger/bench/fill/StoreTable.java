package dev.keyledger.bench.fill;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tables that rows are made for, with the columns that are given; the others have their defaults. */
@SuppressWarnings("ImmutableEnumChecker") // The lists are unmodifiable.
enum StoreTable {
    DOMAIN_EVENT(
            "event_identifier text",
            "aggregate_type text",
            "aggregate_identifier text",
            "sequence_number bigint",
            "payload_type text",
            "payload_revision text",
            "time_stamp text",
            "payload bytea",
            "meta_data bytea"),
    KEY_STATE(
            "key_id uuid",
            "version bigint",
            "state text",
            "origin text",
            "key_spec text",
            "key_usage text",
            "protection_level text",
            "description text",
            "creator text",
            "created_at timestamptz",
            "primary_version uuid",
            "material_version uuid",
            "deletion_protection boolean",
            "deletion_protection_description text"),
    KEY_VERSION("version_id uuid", "key_id uuid", "created_at timestamptz"),
    KEY_MATERIAL(
            "key_id uuid",
            "version_id uuid",
            "root_generation integer",
            "iv bytea",
            "wrapped bytea",
            "created_at timestamptz"),
    KEY_BINDING("key_id uuid", "binding_number integer", "iv bytea", "wrapped bytea", "created_at timestamptz"),
    IMPORT_SESSION(
            "token_id uuid",
            "key_id uuid",
            "token_day integer",
            "iv bytea",
            "wrapped_private bytea",
            "expires_at timestamptz"),
    AUDIT_RECORD(
            "recorded_at timestamptz",
            "node text",
            "request_id uuid",
            "principal text",
            "access_key_id text",
            "auth_method text",
            "replay_protected boolean",
            "source_ip text",
            "user_agent text",
            "action text",
            "key_ids uuid[]",
            "key_state_versions bigint[]",
            "outcome text",
            "input_size integer",
            "output_size integer",
            "event_ids text[]",
            "event_digests bytea[]"),
    REQUEST_NONCE("nonce_hash bytea", "signed_hour timestamptz");

    private final List<String> columns;
    private final List<String> types;

    StoreTable(String... columnsWithTypes) {
        this.columns = Arrays.stream(columnsWithTypes)
                .map(each -> each.substring(0, each.indexOf(' ')))
                .toList();
        this.types = Arrays.stream(columnsWithTypes)
                .map(each -> each.substring(each.indexOf(' ') + 1))
                .toList();
    }

    String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<String> columns() {
        return columns;
    }

    /** An insert of one row. */
    String insert() {
        return "insert into " + table() + " (" + String.join(", ", columns) + ") values ("
                + types.stream().map(type -> "?::" + type).collect(Collectors.joining(", ")) + ")";
    }

    /** A bulk load of many. */
    String copy() {
        return "copy " + table() + " (" + String.join(", ", columns) + ") from stdin";
    }
}
