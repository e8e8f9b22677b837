package dev.keyledger.api.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyLifeModelTest {

    private static final KeyCall ENCRYPT = new KeyCall.Use("Encrypt");
    private static final KeyCall DESCRIBE = new KeyCall.Describe();
    private static final KeyCall ENABLE = new KeyCall.Enable();
    private static final KeyCall DISABLE = new KeyCall.Disable();
    private static final KeyCall SCHEDULE = new KeyCall.Schedule();
    private static final KeyCall CANCEL = new KeyCall.Cancel();
    private static final KeyCall DELETE = new KeyCall.DeleteMaterial();
    private static final KeyCall TICK = new KeyCall.Tick();
    private static final KeyAnswer OK = KeyAnswer.done();
    private static final KeyAnswer STATE = KeyAnswer.refused("Rejected.StateModifiedFailed");
    private static final KeyAnswer OTHER_MATERIAL = KeyAnswer.refused("InvalidKeyMaterial");

    private static final Linearizability<ModelKey, KeyCall, KeyAnswer> CHECK =
            new Linearizability<>(new KeyLifeModel());

    private static KeyCall importing(int material, int expiry) {
        return new KeyCall.Import(material, expiry);
    }

    private static KeyAnswer refused(String state) {
        return KeyAnswer.refused("Rejected." + state);
    }

    private static KeyAnswer shown(String state) {
        return KeyAnswer.described(state, ModelKey.NEVER, state.equals("PendingDeletion"));
    }

    /** Calls and answers in turn, one after the other. */
    private static boolean explains(ModelKey from, Object... callsAndAnswers) {
        List<RecordedCall<KeyCall, KeyAnswer>> history = new ArrayList<>();
        for (int i = 0; i < callsAndAnswers.length; i += 2) {
            history.add(new RecordedCall<>(
                    i * 10L, i * 10L + 5, (KeyCall) callsAndAnswers[i], (KeyAnswer) callsAndAnswers[i + 1], "test"));
        }
        return CHECK.explains(List.of(from), history);
    }

    @Test
    void only_enabled_keys_are_used() {
        assertThat(explains(
                        ModelKey.generated(),
                        ENCRYPT,
                        OK,
                        DISABLE,
                        OK,
                        ENCRYPT,
                        refused("Disabled"),
                        ENABLE,
                        OK,
                        ENCRYPT,
                        OK,
                        SCHEDULE,
                        OK,
                        ENCRYPT,
                        refused("PendingDeletion"),
                        CANCEL,
                        OK,
                        ENCRYPT,
                        OK))
                .isTrue();
        assertThat(explains(ModelKey.generated(), DISABLE, OK, ENCRYPT, OK)).isFalse();
        assertThat(explains(ModelKey.generated(), SCHEDULE, OK, ENCRYPT, refused("Disabled")))
                .isFalse();
        assertThat(explains(ModelKey.external(), ENCRYPT, refused("PendingImport")))
                .isTrue();
    }

    @Test
    void a_change_is_refused_where_the_state_forbids_it_and_only_there() {
        assertThat(explains(
                        ModelKey.external(),
                        ENABLE,
                        STATE,
                        DISABLE,
                        STATE,
                        CANCEL,
                        STATE,
                        SCHEDULE,
                        OK,
                        SCHEDULE,
                        STATE))
                .isTrue();
        assertThat(explains(ModelKey.generated(), DISABLE, STATE)).isFalse();
        assertThat(explains(ModelKey.generated(), CANCEL, OK)).isFalse();
        assertThat(explains(ModelKey.generated(), SCHEDULE, OK, SCHEDULE, OK)).isFalse();
    }

    @Test
    void a_lost_race_and_a_throttled_call_say_nothing_and_do_nothing() {
        KeyAnswer lost = KeyAnswer.refused(KeyAnswer.LOST_RACE);
        assertThat(explains(ModelKey.generated(), DISABLE, lost, ENCRYPT, OK)).isTrue();
        assertThat(explains(ModelKey.generated(), DISABLE, lost, ENCRYPT, refused("Disabled")))
                .isFalse();
        assertThat(explains(ModelKey.generated(), DISABLE, refused("Throttling"), ENCRYPT, OK))
                .isTrue();
    }

    @Test
    void cancelling_ends_in_enabled_with_material_and_in_pending_import_without() {
        assertThat(explains(ModelKey.generated(), DISABLE, OK, SCHEDULE, OK, CANCEL, OK, DESCRIBE, shown("Enabled")))
                .isTrue();
        assertThat(explains(ModelKey.external(), SCHEDULE, OK, CANCEL, OK, DESCRIBE, shown("PendingImport")))
                .isTrue();
        assertThat(explains(
                        ModelKey.external(),
                        importing(1, ModelKey.NEVER),
                        OK,
                        SCHEDULE,
                        OK,
                        DELETE,
                        OK,
                        DESCRIBE,
                        shown("PendingDeletion"),
                        CANCEL,
                        OK,
                        DESCRIBE,
                        shown("PendingImport")))
                .isTrue();
    }

    @Test
    void the_first_material_binds_for_life() {
        assertThat(explains(
                        ModelKey.external(),
                        importing(1, ModelKey.NEVER),
                        OK,
                        importing(2, ModelKey.NEVER),
                        OTHER_MATERIAL,
                        DELETE,
                        OK,
                        importing(2, ModelKey.NEVER),
                        OTHER_MATERIAL,
                        importing(1, ModelKey.NEVER),
                        OK,
                        ENCRYPT,
                        OK))
                .isTrue();
        assertThat(explains(
                        ModelKey.external(),
                        importing(1, ModelKey.NEVER),
                        OK,
                        DELETE,
                        OK,
                        importing(2, ModelKey.NEVER),
                        OK))
                .isFalse();
    }

    @Test
    void an_import_keeps_a_disabled_key_disabled_and_wakes_one_without_material() {
        assertThat(explains(
                        ModelKey.external(),
                        importing(1, ModelKey.NEVER),
                        OK,
                        DISABLE,
                        OK,
                        importing(1, 3),
                        OK,
                        DESCRIBE,
                        KeyAnswer.described("Disabled", 3, false),
                        DELETE,
                        OK,
                        importing(1, ModelKey.NEVER),
                        OK,
                        DESCRIBE,
                        shown("Enabled")))
                .isTrue();
    }

    @Test
    void an_import_is_refused_while_the_key_waits_for_its_deletion() {
        assertThat(explains(ModelKey.external(), SCHEDULE, OK, importing(1, ModelKey.NEVER), STATE))
                .isTrue();
        assertThat(explains(ModelKey.external(), SCHEDULE, OK, importing(1, ModelKey.NEVER), OK))
                .isFalse();
    }

    @Test
    void material_is_gone_at_its_tick_and_not_before() {
        assertThat(explains(
                        ModelKey.external(),
                        importing(1, 2),
                        OK,
                        TICK,
                        OK,
                        ENCRYPT,
                        OK,
                        TICK,
                        OK,
                        ENCRYPT,
                        refused("PendingImport"),
                        importing(1, ModelKey.NEVER),
                        OK,
                        ENCRYPT,
                        OK))
                .isTrue();
        assertThat(explains(ModelKey.external(), importing(1, 1), OK, TICK, OK, ENCRYPT, OK))
                .isFalse();
        assertThat(explains(ModelKey.external(), importing(1, 2), OK, TICK, OK, ENCRYPT, refused("PendingImport")))
                .isFalse();
        assertThat(explains(ModelKey.external(), importing(1, 1), OK, DISABLE, OK, TICK, OK, ENABLE, STATE))
                .isTrue();
    }

    @Test
    void an_expiry_that_lies_in_the_past_is_refused_or_is_over_at_once() {
        KeyAnswer invalid = KeyAnswer.refused("InvalidParameter");
        assertThat(explains(ModelKey.external(), TICK, OK, importing(1, 1), invalid, DESCRIBE, shown("PendingImport")))
                .isTrue();
        assertThat(explains(ModelKey.external(), TICK, OK, importing(1, 1), OK, DESCRIBE, shown("PendingImport")))
                .isTrue();
        assertThat(explains(ModelKey.external(), TICK, OK, importing(1, 2), invalid))
                .isFalse();
    }

    @Test
    void a_use_that_starts_after_a_disabling_was_acknowledged_must_not_succeed() {
        RecordedCall<KeyCall, KeyAnswer> disabled = new RecordedCall<>(10, 20, DISABLE, OK, "first node");
        RecordedCall<KeyCall, KeyAnswer> used = new RecordedCall<>(21, 25, ENCRYPT, OK, "second node");
        RecordedCall<KeyCall, KeyAnswer> usedBeside = new RecordedCall<>(19, 25, ENCRYPT, OK, "second node");
        assertThat(CHECK.explains(List.of(ModelKey.generated()), List.of(disabled, usedBeside)))
                .isTrue();
        assertThat(CHECK.explains(List.of(ModelKey.generated()), List.of(disabled, used)))
                .isFalse();
        assertThat(CHECK.heartOf(
                        List.of(ModelKey.generated()),
                        List.of(
                                new RecordedCall<>(1, 2, ENCRYPT, OK, "first node"),
                                new RecordedCall<>(3, 4, ENABLE, OK, "first node"),
                                disabled,
                                used,
                                new RecordedCall<>(30, 31, ENABLE, OK, "second node"))))
                .containsExactly(disabled, used);
    }
}
