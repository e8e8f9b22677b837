package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.NOW;
import static dev.keyledger.cmk.KeyEvents.deletionProtected;
import static dev.keyledger.cmk.KeyEvents.disabled;
import static dev.keyledger.cmk.KeyEvents.generated;
import static dev.keyledger.cmk.KeyEvents.tagged;

import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UntagKeyCompletely;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.refusal.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Enabling, disabling, and what is said about a key: description, tags, deletion protection. */
class DescribingKeysTest {

    private final CmkFixture fixture = new CmkFixture();

    @Test
    void a_disabled_key_is_enabled() {
        fixture.given(generated(disabled())).when(new EnableKey(KEY)).events(new KeyEnabled(KEY, NOW));
    }

    @Test
    void enabling_an_enabled_key_succeeds_and_changes_nothing() {
        fixture.given(generated()).when(new EnableKey(KEY)).nothingHappened();
    }

    @Test
    void an_enabled_key_is_disabled() {
        fixture.given(generated()).when(new DisableKey(KEY)).events(new KeyDisabled(KEY, NOW));
        fixture.given(generated(disabled(), new KeyEnabled(KEY, NOW)))
                .when(new DisableKey(KEY))
                .events(new KeyDisabled(KEY, NOW));
    }

    @Test
    void disabling_a_disabled_key_succeeds_and_changes_nothing() {
        fixture.given(generated(disabled())).when(new DisableKey(KEY)).nothingHappened();
    }

    @Test
    void a_description_is_replaced_or_cleared() {
        fixture.given(generated())
                .when(new UpdateKeyDescription(KEY, "card vault"))
                .events(new KeyDescriptionChanged(KEY, "card vault", NOW));
        fixture.given(generated())
                .when(new UpdateKeyDescription(KEY, ""))
                .events(new KeyDescriptionChanged(KEY, "", NOW));
    }

    @Test
    void the_same_description_changes_nothing() {
        fixture.given(generated()).when(new UpdateKeyDescription(KEY, "a key")).nothingHappened();
        fixture.given(generated(new KeyDescriptionChanged(KEY, "card vault", NOW)))
                .when(new UpdateKeyDescription(KEY, "card vault"))
                .nothingHappened();
    }

    @Test
    void tags_are_added_and_replaced_and_only_what_changed_is_told() {
        fixture.given(generated(tagged(Map.of("team", "payments", "env", "test"))))
                .when(new TagKey(KEY, Map.of("team", "payments", "env", "production", "tier", "1")))
                .events(new KeyTagsChanged(KEY, Map.of("env", "production", "tier", "1"), List.of(), NOW));
    }

    @Test
    void the_same_tags_change_nothing() {
        fixture.given(generated(tagged(Map.of("team", "payments"))))
                .when(new TagKey(KEY, Map.of("team", "payments")))
                .nothingHappened();
    }

    @Test
    void the_twentieth_tag_fits() {
        fixture.given(generated(tagged(tags(0, 19))))
                .when(new TagKey(KEY, tags(19, 20)))
                .succeeded();
    }

    @Test
    void one_tag_too_many_refuses_all_of_them() {
        fixture.given(generated(tagged(tags(0, 19))))
                .when(new TagKey(KEY, tags(19, 21)))
                .refused(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void a_full_key_can_have_its_tags_replaced() {
        fixture.given(generated(tagged(tags(0, 20))))
                .when(new TagKey(KEY, Map.of("tag7", "new")))
                .events(new KeyTagsChanged(KEY, Map.of("tag7", "new"), List.of(), NOW));
    }

    @Test
    void a_removed_tag_makes_room() {
        fixture.given(generated(tagged(tags(0, 20)), new KeyTagsChanged(KEY, Map.of(), List.of("tag3"), NOW)))
                .when(new TagKey(KEY, Map.of("another", "one")))
                .succeeded();
    }

    @Test
    void the_tags_that_are_there_are_removed_in_order_and_others_are_no_error() {
        fixture.given(generated(tagged(Map.of("b", "2", "a", "1", "c", "3"))))
                .when(new UntagKey(KEY, List.of("c", "a", "missing", "a")))
                .events(new KeyTagsChanged(KEY, Map.of(), List.of("a", "c"), NOW));
    }

    @Test
    void removing_tags_that_are_not_there_changes_nothing() {
        fixture.given(generated(tagged(Map.of("a", "1"))))
                .when(new UntagKey(KEY, List.of("b")))
                .nothingHappened();
    }

    @Test
    void all_tags_can_be_removed_at_once() {
        fixture.given(generated(tagged(Map.of("b", "2", "a", "1"))))
                .when(new UntagKeyCompletely(KEY))
                .events(new KeyTagsChanged(KEY, Map.of(), List.of("a", "b"), NOW));
        fixture.given(generated()).when(new UntagKeyCompletely(KEY)).nothingHappened();
    }

    @Test
    void deletion_protection_is_switched_on_with_a_reason() {
        fixture.given(generated())
                .when(new SetDeletionProtection(KEY, true, "card vault"))
                .events(new DeletionProtectionChanged(KEY, true, "card vault", NOW));
    }

    @Test
    void another_reason_is_a_change_and_the_same_is_none() {
        fixture.given(generated(deletionProtected("card vault")))
                .when(new SetDeletionProtection(KEY, true, "audit"))
                .events(new DeletionProtectionChanged(KEY, true, "audit", NOW));
        fixture.given(generated(deletionProtected("card vault")))
                .when(new SetDeletionProtection(KEY, true, "card vault"))
                .nothingHappened();
    }

    @Test
    void deletion_protection_is_switched_off_and_loses_its_reason() {
        fixture.given(generated(deletionProtected("card vault")))
                .when(new SetDeletionProtection(KEY, false, "ignored"))
                .events(new DeletionProtectionChanged(KEY, false, "", NOW));
        fixture.given(generated())
                .when(new SetDeletionProtection(KEY, false, "ignored"))
                .nothingHappened();
    }

    @Test
    void protection_without_a_reason_is_a_change_all_the_same() {
        fixture.given(generated())
                .when(new SetDeletionProtection(KEY, true, ""))
                .events(new DeletionProtectionChanged(KEY, true, "", NOW));
        fixture.given(generated(deletionProtected("")))
                .when(new SetDeletionProtection(KEY, false, ""))
                .events(new DeletionProtectionChanged(KEY, false, "", NOW));
    }

    private static Map<String, String> tags(int from, int to) {
        return IntStream.range(from, to).boxed().collect(Collectors.toMap(i -> "tag" + i, i -> "value"));
    }
}
