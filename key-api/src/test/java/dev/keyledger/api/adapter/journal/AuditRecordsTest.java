package dev.keyledger.api.adapter.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.AuditRecords.Covered;
import dev.keyledger.api.adapter.journal.JournalEntry.Demand;
import dev.keyledger.api.adapter.journal.JournalEntry.Touch;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.auth.AuthMethod;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Audit records and nonces as the database keeps them, with the privileges the service has in production. */
class AuditRecordsTest {

    private static final KeyVersionId VERSION =
            new KeyVersionId(UUID.fromString("0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31"));
    private static final Instant SIGNED_AT = Instant.parse("2026-11-25T08:09:10Z");

    private static TestStore store;
    private static AuditRecords records;
    private static Journal journal;
    private static TransactionTemplate transaction;
    private static AuditRecordReader reader;
    private static JdbcClient sql;

    @BeforeAll
    static void open() {
        store = new TestStore();
        sql = store.sql();
        ApplicationContext node = store.node("node-1/42", AuditRecords.class, Journal.class);
        records = node.getBean(AuditRecords.class);
        journal = node.getBean(Journal.class);
        transaction = new TransactionTemplate(node.getBean(PlatformTransactionManager.class));
        reader = new AuditRecordReader(sql);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static AuditDraft draft(String action) {
        return new AuditDraft(UUID.randomUUID().toString(), "192.0.2.7", "test/1").action(action);
    }

    private static AuditDraft authenticated(String action) {
        return draft(action)
                .authenticated(new Caller("bootstrap", "LTAIexample", AuthMethod.V1_HMAC_SHA1, "192.0.2.7"));
    }

    private static KeyId key(String state, @Nullable Instant expiresAt) {
        KeyId keyId = KeyId.of(UUID.randomUUID());
        sql.sql("""
                        insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description, creator,
                            created_at, primary_version, material_version, expires_at, deletion_protection,
                            deletion_protection_description)
                        values (:key, 5, :state, 'EXTERNAL', 'Aliyun_AES_256', 'ENCRYPT/DECRYPT', 'SOFTWARE', '', '1',
                            keyledger_now(), :material, :material, :expiresAt::timestamptz, false, '')
                        """)
                .param("key", keyId.asUuid())
                .param("state", state)
                .param(
                        "material",
                        new SqlParameterValue(Types.OTHER, state.equals("PendingImport") ? null : VERSION.value()))
                .param("expiresAt", expiresAt == null ? null : expiresAt.toString())
                .update();
        return keyId;
    }

    /** A key and the version of the material that was used; null if there was none. */
    private record UsedKey(KeyId keyId, @Nullable KeyVersionId versionId) {}

    /** The code that the statement decides on and records; empty for success. */
    private static String use(AuditDraft draft, Outcome outcome, List<UsedKey> keys) {
        List<Touch> touches = new ArrayList<>();
        for (UsedKey used : keys) {
            draft.keyId(used.keyId());
            UUID version = used.versionId() == null ? null : used.versionId().value();
            touches.add(new Touch(used.keyId().asUuid(), Demand.USED, null, version));
        }
        return journal.decide(draft, JournalEntry.of(draft, outcome, Covered.NOTHING, touches))
                .code();
    }

    private static AuditRecordForm only(AuditDraft draft) {
        List<AuditRecordForm> found = reader.ofRequest(UUID.fromString(draft.requestId()));
        assertThat(found).hasSize(1);
        AuditRecordForm record = found.get(0);
        assertThat(AuditRecordForm.parse(record.canonical())).isEqualTo(record);
        return record;
    }

    @Test
    void every_column_has_its_member_in_the_canonical_form() {
        KeyId known = key("Enabled", null);
        KeyId unknown = KeyId.of(UUID.randomUUID());
        KeyId changed = key("Disabled", null);
        Instant unrecoverable = Instant.parse("2027-01-02T03:04:05.678Z");
        byte[] digest = new byte[32];
        digest[0] = (byte) 0xab;
        Map<String, String> context = new LinkedHashMap<>();
        context.put("z", "\u6797");
        context.put("a", "\u0001\"\\/\ud83d\ude00");
        AuditDraft draft = authenticated("ReEncrypt")
                .nonce("nonce-1", SIGNED_AT)
                .keyId(known)
                .keyId(unknown)
                .keyId(changed)
                .keyVersionId(VERSION)
                .aliasUsed("alias/orders")
                .callerReason("ticket 17")
                .internalReason("inside")
                .context(context)
                .destinationContext(Map.of("to", "x"))
                .ciphertextDigest("ab".repeat(32))
                .sizes(3, 141)
                .weakMaterial("one-repeated-byte")
                .unrecoverableAfter(unrecoverable);
        Instant before = now();

        transaction.executeWithoutResult(status -> records.append(
                draft,
                Outcome.of(ErrorCode.NO_PERMISSION),
                new Covered(
                        List.of("event-2", "event-1"), List.of(digest, new byte[32]), Map.of(changed.value(), 9L))));
        AuditRecordForm record = only(draft);

        assertThat(record.recordId()).isPositive();
        assertThat(record.time())
                .isBetween(before, now())
                .isEqualTo(record.time().truncatedTo(ChronoUnit.MILLIS));
        assertThat(record)
                .isEqualTo(new AuditRecordForm(
                        record.recordId(),
                        record.time(),
                        "node-1/42",
                        draft.requestId(),
                        "bootstrap",
                        "LTAIexample",
                        "V1-HMAC-SHA1",
                        true,
                        "192.0.2.7",
                        "test/1",
                        "ReEncrypt",
                        List.of(known.value(), unknown.value(), changed.value()),
                        List.of(5L, -1L, 9L),
                        VERSION.toString(),
                        "alias/orders",
                        "Denied",
                        "Forbidden.NoPermission",
                        "inside",
                        "ticket 17",
                        context,
                        Map.of("to", "x"),
                        "ab".repeat(32),
                        3,
                        141,
                        List.of("event-2", "event-1"),
                        List.of(HexFormat.of().formatHex(digest), "00".repeat(32)),
                        null,
                        "one-repeated-byte",
                        unrecoverable));
        assertThat(column(draft, "context")).isEqualTo("{\"a\":\"\\u0001\\\"\\\\/\ud83d\ude00\",\"z\":\"\u6797\"}");
    }

    private static String column(AuditDraft draft, String name) {
        return sql.sql("select " + name + " from audit_record where request_id = :request::uuid")
                .param("request", draft.requestId())
                .query(String.class)
                .single();
    }

    private static Instant now() {
        return sql.sql("select keyledger_now()")
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
    }

    /** The table has no column that the form forgets: a column added later has to be decided about. */
    @Test
    void no_column_is_outside_the_canonical_form() {
        Set<String> columns = Set.copyOf(sql.sql("""
                        select column_name from information_schema.columns
                        where table_schema = 'public' and table_name = 'audit_record'
                        """).query(String.class).list());
        Map<String, String> renamed = Map.of("recorded_at", "time");
        Map<String, String> members = new TreeMap<>();
        for (var component : AuditRecordForm.class.getRecordComponents()) {
            members.put(component.getName(), "");
        }

        assertThat(columns).allSatisfy(column -> {
            String member = renamed.getOrDefault(column, camel(column));
            assertThat(member.equals("format") || members.containsKey(member))
                    .as(column)
                    .isTrue();
        });
        assertThat(columns).hasSize(members.size() + 1);
    }

    private static String camel(String snake) {
        return Pattern.compile("_(.)")
                .matcher(snake)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    @Test
    void a_request_of_which_nothing_is_known_leaves_most_columns_empty() {
        AuditDraft draft = new AuditDraft(UUID.randomUUID().toString(), "", "");

        transaction.executeWithoutResult(
                status -> records.append(draft, Outcome.malformed(ErrorCode.UNSUPPORTED_HTTP_METHOD), Covered.NOTHING));
        AuditRecordForm record = only(draft);

        assertThat(record.outcome()).isEqualTo("Malformed");
        assertThat(record.action()).isEmpty();
        assertThat(record.authMethod()).isEqualTo("none");
        assertThat(record.replayProtected()).isFalse();
        assertThat(List.of(record.keyIds(), record.eventIds(), record.eventDigests()))
                .allMatch(List::isEmpty);
        assertThat(record.principal()).isNull();
        assertThat(record.accessKeyId()).isNull();
        assertThat(record.sourceIp()).isNull();
        assertThat(record.userAgent()).isNull();
        assertThat(record.context()).isEmpty();
        assertThat(record.digest()).isNull();
        assertThat(record.inputSize()).isNull();
        assertThat(record.unrecoverableAfter()).isNull();
    }

    @Test
    void text_that_the_database_cannot_hold_is_replaced_and_not_lost() {
        AuditDraft draft = new AuditDraft(UUID.randomUUID().toString(), "192.0.2.7", "a\0b\ud83dc\ude00d\ud83d\ude00")
                .action("x".repeat(1000))
                .callerReason("y".repeat(1000));

        transaction.executeWithoutResult(
                status -> records.append(draft, Outcome.malformed(ErrorCode.ACTION_NOT_FOUND), Covered.NOTHING));
        AuditRecordForm record = only(draft);

        assertThat(record.userAgent()).isEqualTo("a\ufffdb\ufffdc\ufffdd\ud83d\ude00");
        assertThat(record.action()).hasSize(128);
        assertThat(record.callerReason()).hasSize(AuditDraft.MAX_TEXT);
    }

    @ParameterizedTest
    @CsvSource({
        "Enabled, ''",
        "Disabled, Rejected.Disabled",
        "PendingDeletion, Rejected.PendingDeletion",
        "PendingImport, Rejected.PendingImport"
    })
    void a_use_is_decided_by_the_state_at_the_moment_it_is_recorded(String state, String expected) {
        KeyId keyId = key(state, null);
        AuditDraft draft = authenticated("Encrypt").sizes(5, 100).internalReason("from the work");

        String code = use(draft, Outcome.SUCCESS, List.of(new UsedKey(keyId, VERSION)));
        AuditRecordForm record = only(draft);

        assertThat(code).isEqualTo(expected);
        assertThat(record.keyStateVersions()).containsExactly(5L);
        if (expected.isEmpty()) {
            assertThat(record.outcome()).isEqualTo("Success");
            assertThat(record.errorCode()).isNull();
            assertThat(record.outputSize()).isEqualTo(100);
        } else {
            assertThat(record.outcome()).isEqualTo("Refused");
            assertThat(record.errorCode()).isEqualTo(expected);
            assertThat(record.outputSize()).isNull();
            assertThat(record.reason()).isNull();
        }
    }

    @Test
    void a_key_that_is_not_there_is_refused_by_the_same_statement() {
        KeyId gone = KeyId.of(UUID.randomUUID());
        AuditDraft draft = authenticated("Encrypt");

        assertThat(use(draft, Outcome.SUCCESS, List.of(new UsedKey(gone, VERSION))))
                .isEqualTo("Forbidden.KeyNotFound");
        assertThat(only(draft).keyStateVersions()).containsExactly(-1L);
    }

    @Test
    void expiry_is_decided_by_the_database_whatever_the_row_still_says() {
        UsedKey over = new UsedKey(key("Enabled", now()), VERSION);
        UsedKey disabledAndOver = new UsedKey(key("Disabled", now()), VERSION);
        UsedKey pendingAndOver = new UsedKey(key("PendingDeletion", now()), VERSION);
        UsedKey living = new UsedKey(key("Enabled", now().plusSeconds(3600)), VERSION);

        assertThat(use(authenticated("Encrypt"), Outcome.SUCCESS, List.of(over)))
                .isEqualTo("Rejected.PendingImport");
        assertThat(use(authenticated("Encrypt"), Outcome.SUCCESS, List.of(disabledAndOver)))
                .isEqualTo("Rejected.PendingImport");
        assertThat(use(authenticated("Encrypt"), Outcome.SUCCESS, List.of(pendingAndOver)))
                .isEqualTo("Rejected.PendingDeletion");
        assertThat(use(authenticated("Encrypt"), Outcome.SUCCESS, List.of(living)))
                .isEmpty();
    }

    @Test
    void material_of_another_version_than_the_present_one_does_not_count() {
        UsedKey other = new UsedKey(key("Enabled", null), new KeyVersionId(UUID.randomUUID()));

        assertThat(use(authenticated("Encrypt"), Outcome.SUCCESS, List.of(other)))
                .isEqualTo("Rejected.PendingImport");
    }

    @Test
    void a_state_is_told_before_a_fault_of_the_input() {
        Outcome badCiphertext = Outcome.of(ErrorCode.INVALID_CIPHERTEXT);
        AuditDraft refused = authenticated("Decrypt").internalReason("wrong tag");
        AuditDraft faulty = authenticated("Decrypt").internalReason("wrong tag");
        AuditDraft withoutMaterial = authenticated("Decrypt");

        assertThat(use(refused, badCiphertext, List.of(new UsedKey(key("Disabled", null), VERSION))))
                .isEqualTo("Rejected.Disabled");
        assertThat(use(faulty, badCiphertext, List.of(new UsedKey(key("Enabled", null), VERSION))))
                .isEqualTo("InvalidParameter");
        assertThat(use(withoutMaterial, badCiphertext, List.of(new UsedKey(key("Enabled", null), null))))
                .isEqualTo("InvalidParameter");
        assertThat(only(refused).reason()).isNull();
        assertThat(only(faulty).reason()).isEqualTo("wrong tag");
        assertThat(only(faulty).outcome()).isEqualTo("Refused");
    }

    @Test
    void of_two_keys_the_first_that_refuses_is_told() {
        UsedKey enabled = new UsedKey(key("Enabled", null), VERSION);
        UsedKey disabled = new UsedKey(key("Disabled", null), VERSION);
        UsedKey pending = new UsedKey(key("PendingDeletion", null), VERSION);

        assertThat(use(
                        authenticated("ReEncrypt"),
                        Outcome.SUCCESS,
                        List.of(enabled, new UsedKey(key("Enabled", null), VERSION))))
                .isEmpty();
        assertThat(use(authenticated("ReEncrypt"), Outcome.SUCCESS, List.of(enabled, disabled)))
                .isEqualTo("Rejected.Disabled");
        assertThat(use(authenticated("ReEncrypt"), Outcome.SUCCESS, List.of(pending, disabled)))
                .isEqualTo("Rejected.PendingDeletion");
    }

    @Test
    void a_nonce_is_used_once_and_its_replay_is_recorded_as_that() {
        KeyId keyId = key("Enabled", null);
        String nonce = UUID.randomUUID().toString();
        assertThat(use(
                        authenticated("Encrypt").nonce(nonce, SIGNED_AT),
                        Outcome.SUCCESS,
                        List.of(new UsedKey(keyId, VERSION))))
                .isEmpty();
        AuditDraft replay = authenticated("Encrypt").nonce(nonce, SIGNED_AT);

        assertThat(use(replay, Outcome.SUCCESS, List.of(new UsedKey(keyId, VERSION))))
                .isEqualTo("SignatureNonceUsed");

        AuditRecordForm record = only(replay);
        assertThat(record.outcome()).isEqualTo("Unauthenticated");
        assertThat(record.errorCode()).isEqualTo("SignatureNonceUsed");
        assertThat(record.replayProtected()).isFalse();
        // The same nonce of another access key is another nonce.
        AuditDraft stranger = draft("Encrypt")
                .authenticated(new Caller("other", "LTAIother", AuthMethod.V1_HMAC_SHA1, "192.0.2.7"))
                .nonce(nonce, SIGNED_AT);
        assertThat(use(stranger, Outcome.SUCCESS, List.of(new UsedKey(keyId, VERSION))))
                .isEmpty();
    }

    @Test
    void a_change_whose_nonce_was_used_takes_its_transaction_with_it() {
        String nonce = UUID.randomUUID().toString();
        AuditDraft first = authenticated("CreateKey").nonce(nonce, SIGNED_AT);
        AuditDraft replay = authenticated("CreateKey").nonce(nonce, SIGNED_AT);
        transaction.executeWithoutResult(status -> records.append(first, Outcome.SUCCESS, Covered.NOTHING));

        assertThatThrownBy(() -> transaction.executeWithoutResult(
                        status -> records.append(replay, Outcome.SUCCESS, Covered.NOTHING)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NONCE_USED));

        assertThat(reader.ofRequest(UUID.fromString(replay.requestId()))).isEmpty();
    }

    /** The transaction whose outcome is unknown may have recorded the nonce: its failure must be recordable all the same. */
    @ParameterizedTest
    @EnumSource(names = {"INTERNAL_FAILURE", "SERVICE_UNAVAILABLE"})
    void a_failure_is_recorded_even_if_its_nonce_is_there(ErrorCode failure) {
        String nonce = UUID.randomUUID().toString();
        AuditDraft first = authenticated("CreateKey").nonce(nonce, SIGNED_AT);
        AuditDraft second = authenticated("CreateKey").nonce(nonce, SIGNED_AT);
        transaction.executeWithoutResult(status -> records.append(first, Outcome.SUCCESS, Covered.NOTHING));

        transaction.executeWithoutResult(status -> records.append(second, Outcome.of(failure), Covered.NOTHING));

        assertThat(only(second).outcome()).isEqualTo("Failed");
    }

    @Test
    void record_ids_rise_in_the_order_of_insertion() {
        AuditDraft first = authenticated("DescribeKey");
        AuditDraft second = authenticated("DescribeKey");
        for (AuditDraft draft : List.of(first, second)) {
            transaction.executeWithoutResult(status -> records.append(draft, Outcome.SUCCESS, Covered.NOTHING));
        }

        assertThat(only(first).recordId()).isLessThan(only(second).recordId());
    }
}
