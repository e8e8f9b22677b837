package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyState.DISABLED;
import static dev.keyledger.cmk.KeyState.ENABLED;
import static dev.keyledger.cmk.KeyState.PENDING_DELETION;
import static dev.keyledger.cmk.KeyState.PENDING_IMPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeyLifecycleTest {

    private static final Instant NOW = KeyEvents.NOW;
    private static final Instant LATER = KeyEvents.IN_A_WEEK;

    /** The vendor's table, copied by hand and not from the code. Columns: Enabled, Disabled, PendingDeletion, PendingImport. */
    private static final String TABLE = """
            CREATE_KEY                          ok  ok  ok  ok
            LIST_KEYS                           ok  ok  ok  ok
            DESCRIBE_KEY                        ok  ok  ok  ok
            ENCRYPT                             ok  D   PD  PI
            DECRYPT                             ok  D   PD  PI
            GENERATE_DATA_KEY                   ok  D   PD  PI
            GENERATE_DATA_KEY_WITHOUT_PLAINTEXT ok  D   PD  PI
            ENABLE_KEY                          ok  ok  SMF SMF
            DISABLE_KEY                         ok  ok  SMF SMF
            SCHEDULE_KEY_DELETION               ok  ok  SMF ok
            CANCEL_KEY_DELETION                 SMF SMF ok  SMF
            CREATE_ALIAS                        ok  ok  SMF ok
            DELETE_ALIAS                        ok  ok  ok  ok
            LIST_ALIASES                        ok  ok  ok  ok
            UPDATE_ALIAS                        ok  ok  PD  ok
            GET_PARAMETERS_FOR_IMPORT           ok  ok  ok  ok
            IMPORT_KEY_MATERIAL                 ok  ok  SMF ok
            DELETE_KEY_MATERIAL                 ok  ok  ok  ok
            UPDATE_KEY_DESCRIPTION              ok  ok  PD  ok
            UPDATE_ROTATION_POLICY              ok  D   PD  PI
            TAG_RESOURCE                        ok  ok  PD  ok
            UNTAG_RESOURCE                      ok  ok  PD  ok
            TAG_RESOURCES                       ok  ok  PD  ok
            UNTAG_RESOURCES                     ok  ok  PD  ok
            LIST_RESOURCE_TAGS                  ok  ok  ok  ok
            LIST_TAG_RESOURCES                  ok  ok  ok  ok
            LIST_ALIASES_BY_KEY_ID              ok  ok  ok  ok
            LIST_KEY_VERSIONS                   ok  ok  ok  ok
            DESCRIBE_KEY_VERSION                ok  ok  ok  ok
            CREATE_KEY_VERSION                  ok  D   PD  RUO
            SET_DELETION_PROTECTION             ok  ok  PD  ok
            RE_ENCRYPT_SOURCE                   ok  D   PD  PI
            RE_ENCRYPT_DESTINATION              ok  D   PD  PI
            EXPORT_DATA_KEY                     ok  D   PD  PI
            GENERATE_AND_EXPORT_DATA_KEY        ok  D   PD  PI
            ASYMMETRIC_SIGN                     ok  D   PD  PI
            ASYMMETRIC_VERIFY                   ok  D   PD  PI
            ASYMMETRIC_ENCRYPT                  ok  D   PD  PI
            ASYMMETRIC_DECRYPT                  ok  D   PD  PI
            GET_PUBLIC_KEY                      ok  D   PD  PI
            GET_KEY_POLICY                      ok  ok  ok  ok
            SET_KEY_POLICY                      ok  ok  PD  ok
            """;

    private static final Map<String, String> CODES = Map.of(
            "D", "Rejected.Disabled",
            "PD", "Rejected.PendingDeletion",
            "PI", "Rejected.PendingImport",
            "SMF", "Rejected.StateModifiedFailed",
            "RUO", "Rejected.UnsupportedOperation",
            "ok", "ok");

    static Stream<Arguments> cells() {
        List<KeyState> columns = List.of(ENABLED, DISABLED, PENDING_DELETION, PENDING_IMPORT);
        return TABLE.lines()
                .map(line -> line.split(" +", -1))
                .flatMap(row -> Stream.of(0, 1, 2, 3)
                        .map(i -> Arguments.of(KeyOperation.valueOf(row[0]), columns.get(i), CODES.get(row[i + 1]))));
    }

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @MethodSource("cells")
    void every_cell_of_the_table(KeyOperation operation, KeyState state, String expected) {
        assertThat(KeyLifecycle.refusalOf(operation, state).map(ErrorCode::code).orElse("ok"))
                .isEqualTo(expected);
    }

    @Test
    void the_table_covers_every_operation() {
        assertThat(cells().map(cell -> cell.get()[0])).contains((Object[]) KeyOperation.values());
    }

    @ParameterizedTest
    @EnumSource(KeyOperation.class)
    void an_operation_is_named_as_in_the_protocol(KeyOperation operation) {
        String name =
                operation.name().replaceFirst("_(SOURCE|DESTINATION)$", "").replace("_", "");
        assertThat(operation.action()).isEqualToIgnoringCase(name);
    }

    @Test
    void generated_material_can_be_neither_imported_nor_deleted_in_any_state() {
        for (KeyState state : KeyState.values()) {
            for (KeyOperation operation : List.of(
                    KeyOperation.GET_PARAMETERS_FOR_IMPORT,
                    KeyOperation.IMPORT_KEY_MATERIAL,
                    KeyOperation.DELETE_KEY_MATERIAL)) {
                assertThat(KeyLifecycle.refusalOf(operation, Origin.ALIYUN_KMS, state))
                        .contains(ErrorCode.UNSUPPORTED_ORIGIN);
                assertThat(KeyLifecycle.refusalOf(operation, Origin.EXTERNAL, state))
                        .isEqualTo(KeyLifecycle.refusalOf(operation, state));
            }
        }
    }

    @Test
    void the_rotation_of_an_external_key_is_refused_before_its_state() {
        assertThat(KeyLifecycle.refusalOf(KeyOperation.UPDATE_ROTATION_POLICY, Origin.EXTERNAL, PENDING_DELETION))
                .contains(ErrorCode.REJECTED_UNSUPPORTED_OPERATION);
        assertThat(KeyLifecycle.refusalOf(KeyOperation.UPDATE_ROTATION_POLICY, Origin.ALIYUN_KMS, DISABLED))
                .contains(ErrorCode.REJECTED_DISABLED);
    }

    @ParameterizedTest
    @EnumSource(KeyOperation.class)
    void the_origin_matters_for_the_operations_on_material_and_rotation_only(KeyOperation operation) {
        boolean differs = Arrays.stream(KeyState.values())
                .anyMatch(state -> !KeyLifecycle.refusalOf(operation, Origin.EXTERNAL, state)
                        .equals(KeyLifecycle.refusalOf(operation, Origin.ALIYUN_KMS, state)));
        assertThat(differs)
                .isEqualTo(List.of(
                                KeyOperation.GET_PARAMETERS_FOR_IMPORT,
                                KeyOperation.IMPORT_KEY_MATERIAL,
                                KeyOperation.DELETE_KEY_MATERIAL,
                                KeyOperation.UPDATE_ROTATION_POLICY)
                        .contains(operation));
    }

    @Test
    void require_throws_the_code_of_the_table_with_a_reason_for_the_audit_record() {
        KeyLifecycle disabled = external(DISABLED, true, null, null);
        disabled.require(KeyOperation.ENABLE_KEY);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> disabled.require(KeyOperation.ENCRYPT))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.REJECTED_DISABLED);
                    assertThat(refusal.reason()).isEqualTo("Encrypt of a key in state Disabled");
                });
    }

    @Test
    void require_looks_at_the_origin_first() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> new KeyLifecycle(Origin.ALIYUN_KMS, PENDING_DELETION, true, null, LATER)
                        .require(KeyOperation.IMPORT_KEY_MATERIAL))
                .extracting(Refusal::code)
                .isEqualTo(ErrorCode.UNSUPPORTED_ORIGIN);
    }

    @Test
    void a_created_key_is_enabled_with_generated_material_or_waits_for_import() {
        assertThat(KeyLifecycle.created(Origin.ALIYUN_KMS))
                .isEqualTo(new KeyLifecycle(Origin.ALIYUN_KMS, ENABLED, true, null, null));
        assertThat(KeyLifecycle.created(Origin.EXTERNAL)).isEqualTo(external(PENDING_IMPORT, false, null, null));
    }

    static Stream<Arguments> transitions() {
        return Stream.of(
                // enabling and disabling keep the rest
                Arguments.of(external(DISABLED, true, LATER, null).enabled(), external(ENABLED, true, LATER, null)),
                Arguments.of(external(ENABLED, true, LATER, null).disabled(), external(DISABLED, true, LATER, null)),
                // an import enables a key that waited for it, and no other
                Arguments.of(
                        external(PENDING_IMPORT, false, null, null).imported(LATER),
                        external(ENABLED, true, LATER, null)),
                Arguments.of(
                        external(DISABLED, true, LATER, null).imported(null), external(DISABLED, true, null, null)),
                Arguments.of(external(ENABLED, true, null, null).imported(LATER), external(ENABLED, true, LATER, null)),
                // without material a key waits for import, unless it waits for its deletion
                Arguments.of(
                        external(ENABLED, true, LATER, null).materialLost(),
                        external(PENDING_IMPORT, false, null, null)),
                Arguments.of(
                        external(DISABLED, true, null, null).materialLost(),
                        external(PENDING_IMPORT, false, null, null)),
                Arguments.of(
                        external(PENDING_DELETION, true, NOW, LATER).materialLost(),
                        external(PENDING_DELETION, false, null, LATER)),
                // deletion can be scheduled with and without material
                Arguments.of(
                        external(DISABLED, true, NOW, null).pendingDeletion(LATER),
                        external(PENDING_DELETION, true, NOW, LATER)),
                Arguments.of(
                        external(PENDING_IMPORT, false, null, null).pendingDeletion(LATER),
                        external(PENDING_DELETION, false, null, LATER)),
                // and cancelled: enabled with material, pending import without
                Arguments.of(
                        external(PENDING_DELETION, true, NOW, LATER).deletionCancelled(),
                        external(ENABLED, true, NOW, null)),
                Arguments.of(
                        external(PENDING_DELETION, false, null, LATER).deletionCancelled(),
                        external(PENDING_IMPORT, false, null, null)));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void every_transition(KeyLifecycle actual, KeyLifecycle expected) {
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void material_is_gone_from_the_very_instant_of_its_expiry() {
        KeyLifecycle enabled = external(ENABLED, true, NOW, null);
        assertThat(enabled.at(NOW.minusMillis(1))).isSameAs(enabled);
        assertThat(enabled.at(NOW)).isEqualTo(external(PENDING_IMPORT, false, null, null));
        assertThat(enabled.at(LATER)).isEqualTo(external(PENDING_IMPORT, false, null, null));
        assertThat(external(PENDING_DELETION, true, NOW, LATER).at(NOW))
                .isEqualTo(external(PENDING_DELETION, false, null, LATER));
    }

    @Test
    void material_without_an_expiry_is_there_for_ever() {
        assertThat(external(ENABLED, true, null, null).expiryDue(Instant.MAX)).isFalse();
    }

    @Test
    void destruction_is_due_from_the_very_instant_and_only_while_pending() {
        KeyLifecycle pending = external(PENDING_DELETION, true, null, NOW);
        assertThat(pending.destructionDue(NOW.minusMillis(1))).isFalse();
        assertThat(pending.destructionDue(NOW)).isTrue();
        assertThat(pending.destructionDue(LATER)).isTrue();
        assertThat(external(ENABLED, true, null, null).destructionDue(Instant.MAX))
                .isFalse();
    }

    @Test
    void what_no_history_leads_to_cannot_be_made() {
        assertThatIllegalArgumentException().isThrownBy(() -> external(ENABLED, false, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> external(DISABLED, false, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> external(PENDING_IMPORT, true, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> external(PENDING_DELETION, true, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> external(ENABLED, true, null, NOW));
        assertThatIllegalArgumentException().isThrownBy(() -> external(PENDING_DELETION, false, NOW, NOW));
    }

    private static KeyLifecycle external(
            KeyState state, boolean material, @Nullable Instant expiresAt, @Nullable Instant deleteAt) {
        return new KeyLifecycle(Origin.EXTERNAL, state, material, expiresAt, deleteAt);
    }
}
