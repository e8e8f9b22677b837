package dev.keyledger.api.adapter.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.projection.keystate.KeyStateQueries;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What changes between the reading of a key and the recording of its use: the later look decides, and no result leaves. */
class UseJournalTest {

    private static final KeyVersionId VERSION =
            new KeyVersionId(UUID.fromString("0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31"));

    private final KeyId keyId = KeyId.of(UUID.randomUUID());
    private final AuditDraft draft = new AuditDraft(UUID.randomUUID().toString(), "192.0.2.7", "")
            .action("Encrypt")
            .keyId(keyId);
    private final Keys keys = new Keys();

    private static TestStore store;
    private static JdbcClient sql;
    private static KeyStateQueries queries;
    private static Journal records;

    private UseJournal journal;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    UseJournalTest() {}

    @BeforeAll
    static void open() {
        store = new TestStore();
        sql = store.sql();
        ApplicationContext node = store.node("node-1/42", KeyStateQueries.class, AuditRecords.class, Journal.class);
        queries = node.getBean(KeyStateQueries.class);
        records = node.getBean(Journal.class);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @BeforeEach
    void makeKey() {
        journal = new UseJournal(keys, records);
        sql.sql("""
                        insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description, creator,
                            created_at, primary_version, material_version, deletion_protection, deletion_protection_description)
                        values (:key, 5, 'Enabled', 'EXTERNAL', 'Aliyun_AES_256', 'ENCRYPT/DECRYPT', 'SOFTWARE', '', '1',
                            keyledger_now(), :version, :version, false, '')
                        """)
                .param("key", keyId.asUuid())
                .param("version", VERSION.value())
                .update();
    }

    /** The key from the database, its material from here: what the journal does with it is the same wherever it lies. */
    private final class Keys implements KeyLookup {

        private final Map<KeyVersionId, byte[]> rows = new HashMap<>(Map.of(VERSION, new byte[32]));
        private boolean remembering;
        private boolean forgotten;
        private Runnable afterLook = () -> {};
        private @Nullable SecretBytes lent;

        @Override
        public Found find(KeyId id, @Nullable KeyVersionId wanted, Deadline deadline) {
            Present present = remembering
                    ? null
                    : queries.find(id)
                            .map(key -> new Present(key.version(), key.state(), key.materialVersion()))
                            .orElse(null);
            KeyVersionId version = wanted == null ? VERSION : wanted;
            byte[] row = rows.get(version);
            lent = row == null ? null : SecretBytes.copyOf(row);
            afterLook.run();
            return new Found(present, version, lent);
        }

        @Override
        public void forget(KeyId id) {
            forgotten = id.equals(keyId);
        }
    }

    private KeyInUse opened() {
        return required(journal.find(draft, keyId), KeyOperation.ENCRYPT);
    }

    private KeyInUse required(KeyInUse found, KeyOperation operation) {
        journal.requireState(draft, found, operation);
        return found;
    }

    private void set(String assignment) {
        sql.sql("update key_state set version = version + 1, " + assignment + " where key_id = :key")
                .param("key", keyId.asUuid())
                .update();
    }

    private AuditRecordForm record() {
        List<AuditRecordForm> found = new AuditRecordReader(sql).ofRequest(UUID.fromString(draft.requestId()));
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void an_allowed_use_answers_after_its_record_is_there() {
        try (KeyInUse use = opened()) {
            assertThat(journal.record(draft, List.of(use), () -> "result")).isEqualTo("result");
        }

        assertThat(draft.isWritten()).isTrue();
        assertThat(record().outcome()).isEqualTo("Success");
        assertThat(record().keyVersionId()).isEqualTo(VERSION.toString());
        assertThatThrownBy(() -> Objects.requireNonNull(keys.lent).use(bytes -> bytes))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    state = 'Disabled'                                  | REJECTED_DISABLED
                    state = 'PendingDeletion'                           | REJECTED_PENDING_DELETION
                    state = 'PendingImport', material_version = null    | REJECTED_PENDING_IMPORT
                    expires_at = keyledger_now()                        | REJECTED_PENDING_IMPORT
                    """)
    void a_change_during_the_work_withholds_the_result(String change, ErrorCode expected) {
        try (KeyInUse use = opened()) {
            assertRefused(
                    expected,
                    () -> journal.record(draft, List.of(use), () -> {
                        set(change);
                        return "result";
                    }));
        }

        assertThat(draft.isWritten()).isTrue();
        assertThat(record().outcome()).isEqualTo("Refused");
        assertThat(record().errorCode()).isEqualTo(expected.code());
        assertThat(record().keyStateVersions()).containsExactly(6L);
    }

    @Test
    void a_key_destroyed_during_the_work_is_not_found() {
        try (KeyInUse use = opened()) {
            assertRefused(
                    ErrorCode.KEY_NOT_FOUND,
                    () -> journal.record(draft, List.of(use), () -> {
                        sql.sql("delete from key_state where key_id = :key")
                                .param("key", keyId.asUuid())
                                .update();
                        return "result";
                    }));
        }

        assertThat(record().errorCode()).isEqualTo("Forbidden.KeyNotFound");
    }

    @Test
    void a_state_seen_when_opening_is_recorded_with_the_version_it_was_seen_in() {
        set("state = 'Disabled'");
        keys.afterLook = () -> set("state = 'Enabled'");

        assertRefused(ErrorCode.REJECTED_DISABLED, this::opened);

        assertThat(draft.isWritten()).isTrue();
        assertThat(record().keyStateVersions()).containsExactly(6L);
        assertThat(record().outcome()).isEqualTo("Refused");
    }

    @Test
    void material_deleted_and_imported_again_between_the_looks_refuses_as_without_material() {
        keys.rows.clear();

        try (KeyInUse use = opened()) {
            assertRefused(
                    ErrorCode.REJECTED_PENDING_IMPORT,
                    () -> journal.record(
                            draft, List.of(use), () -> use.material().length()));
        }

        assertThat(record().errorCode()).isEqualTo("Rejected.PendingImport");
    }

    @Test
    void a_ciphertext_of_a_version_the_key_never_had_is_no_ciphertext() {
        KeyVersionId never = new KeyVersionId(UUID.randomUUID());

        try (KeyInUse use = required(journal.find(draft, keyId, never), KeyOperation.DECRYPT)) {
            assertRefused(
                    ErrorCode.INVALID_CIPHERTEXT,
                    () -> journal.record(
                            draft, List.of(use), () -> use.material().length()));
        }

        assertThat(record().errorCode()).isEqualTo("InvalidParameter");
        assertThat(record().reason()).isEqualTo("no such version of the key");
    }

    @ParameterizedTest
    @CsvSource({"Disabled, REJECTED_DISABLED", "PendingDeletion, REJECTED_PENDING_DELETION"})
    void remembered_material_is_worth_nothing_against_the_state(String state, ErrorCode expected) {
        keys.remembering = true;
        set("state = '" + state + "'");

        try (KeyInUse use = opened()) {
            assertRefused(expected, () -> journal.record(draft, List.of(use), () -> "result"));
        }

        assertThat(record().errorCode()).isEqualTo(expected.code());
        assertThat(record().keyStateVersions()).containsExactly(6L);
        assertThat(keys.forgotten).isTrue();
    }

    @Test
    void a_key_is_described_as_of_the_record_of_its_description() {
        set("description = 'now'");

        assertThat(journal.describe(draft, keyId).description()).isEqualTo("now");

        assertThat(draft.isWritten()).isTrue();
        assertThat(record().outcome()).isEqualTo("Success");
        assertThat(record().keyStateVersions()).containsExactly(6L);
    }

    @Test
    void a_key_that_is_not_there_cannot_be_described() {
        sql.sql("delete from key_state where key_id = :key")
                .param("key", keyId.asUuid())
                .update();

        assertRefused(ErrorCode.KEY_NOT_FOUND, () -> journal.describe(draft, keyId));

        assertThat(record().outcome()).isEqualTo("Refused");
        assertThat(record().keyStateVersions()).containsExactly(-1L);
    }

    @Test
    void a_fault_that_is_no_refusal_leaves_no_record() {
        try (KeyInUse use = opened()) {
            assertThatThrownBy(() -> journal.record(draft, List.of(use), () -> {
                        throw new IllegalStateException("broken");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }

        assertThat(draft.isWritten()).isFalse();
        assertThat(new AuditRecordReader(sql).ofRequest(UUID.fromString(draft.requestId())))
                .isEmpty();
    }
}
