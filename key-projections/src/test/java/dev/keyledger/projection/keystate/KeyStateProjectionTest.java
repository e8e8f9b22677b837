package dev.keyledger.projection.keystate;

import static dev.keyledger.projection.KeyHistory.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.ViewFixture;
import dev.keyledger.projection.keyversion.KeyVersionViews;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.axonframework.eventhandling.EventHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyStateProjectionTest {

    private static final Instant FAR = Instant.parse("2099-01-01T00:00:00Z");
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    private final ViewFixture fixture =
            new ViewFixture().with(KeyStateProjection::new).with(KeyVersionViews::projection);
    private final KeyStateQueries queries = new KeyStateQueries(fixture.jdbc());
    private final KeyHistory one = new KeyHistory(1);

    @AfterEach
    void drop() {
        fixture.close();
    }

    private KeySummary key() {
        return queries.find(one.key()).orElseThrow();
    }

    @Test
    void a_generated_key_is_enabled_with_material() {
        fixture.given(one.created(Origin.ALIYUN_KMS));
        assertThat(key())
                .isEqualTo(new KeySummary(
                        one.key(),
                        0,
                        KeyState.ENABLED,
                        Origin.ALIYUN_KMS,
                        "Aliyun_AES_256",
                        "ENCRYPT/DECRYPT",
                        "SOFTWARE",
                        "Schlüssel \"1\"",
                        "1234567890123456",
                        BEGIN,
                        one.version(),
                        BEGIN,
                        one.version(),
                        null,
                        null,
                        false,
                        ""));
    }

    @Test
    void an_external_key_waits_for_its_material() {
        fixture.given(one.created(Origin.EXTERNAL));
        assertThat(key().state()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(key().primaryVersion()).isNull();
        assertThat(key().materialVersion()).isNull();
    }

    @Test
    void imported_material_enables_the_key_and_keeps_its_version_when_it_goes() {
        fixture.given(one.created(Origin.EXTERNAL), one.issued(), one.imported(FAR));
        assertThat(key().state()).isEqualTo(KeyState.ENABLED);
        assertThat(key().expiresAt()).isEqualTo(FAR);
        assertThat(key().materialVersion()).isEqualTo(one.version());

        fixture.given(one.materialDeleted());
        assertThat(key().state()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(key().expiresAt()).isNull();
        assertThat(key().materialVersion()).isNull();
        assertThat(key().primaryVersion()).isEqualTo(one.version());
    }

    @Test
    void importing_again_into_a_disabled_key_does_not_enable_it() {
        fixture.given(one.created(Origin.EXTERNAL), one.imported(FAR), one.disabled(), one.imported(null));
        assertThat(key().state()).isEqualTo(KeyState.DISABLED);
        assertThat(key().expiresAt()).isNull();
    }

    @Test
    void material_past_its_expiry_is_gone_before_anyone_records_it() {
        fixture.given(one.created(Origin.EXTERNAL), one.imported(PAST));
        assertThat(fixture.jdbc()
                        .sql("select state from key_state")
                        .query(String.class)
                        .single())
                .isEqualTo("Enabled");
        assertThat(key().state()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(key().materialVersion()).isNull();
        assertThat(key().expiresAt()).isNull();
        assertThat(queries.lockState(one.key())).contains(KeyState.PENDING_IMPORT);

        fixture.given(one.materialExpired());
        assertThat(key().state()).isEqualTo(KeyState.PENDING_IMPORT);
    }

    @Test
    void material_that_goes_during_the_pending_window_leaves_the_key_pending_deletion() {
        fixture.given(one.created(Origin.EXTERNAL), one.imported(FAR), one.deletionScheduled(FAR));
        for (KeyEvent loss : List.of(one.materialExpired(), one.materialDeleted())) {
            fixture.given(loss);
            assertThat(key().state()).isEqualTo(KeyState.PENDING_DELETION);
            assertThat(key().deleteAt()).isEqualTo(FAR);
        }
        fixture.given(one.deletionCancelled());
        assertThat(key().state()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(key().deleteAt()).isNull();
    }

    @Test
    void a_cancelled_deletion_ends_in_enabled_with_material() {
        fixture.given(
                one.created(Origin.ALIYUN_KMS), one.disabled(), one.deletionScheduled(FAR), one.deletionCancelled());
        assertThat(key().state()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void description_and_protection_are_kept_apart() {
        fixture.given(one.created(Origin.ALIYUN_KMS), one.described("new"), one.protection(true, "hands off"));
        assertThat(key().description()).isEqualTo("new");
        assertThat(key().deletionProtection()).isTrue();
        assertThat(key().deletionProtectionDescription()).isEqualTo("hands off");
    }

    @Test
    void a_destroyed_key_has_no_row() {
        fixture.given(one.created(Origin.ALIYUN_KMS), one.deletionScheduled(PAST), one.destroyed());
        assertThat(queries.find(one.key())).isEmpty();
        assertThat(fixture.rows("key_state")).isEmpty();
    }

    @Test
    void every_event_moves_the_version() {
        List<KeyEvent> events = List.of(
                one.created(Origin.EXTERNAL),
                one.described("d"),
                one.tagged(Map.of("a", "b"), List.of()),
                one.protection(true, "p"),
                one.issued(),
                one.exhausted(),
                one.imported(FAR),
                one.expiryNear("P7D", FAR),
                one.disabled(),
                one.enabled(),
                one.materialExpired(),
                one.imported(FAR),
                one.materialDeleted(),
                one.deletionScheduled(FAR),
                one.deletionNear("P1D", FAR),
                one.deletionCancelled());
        for (int n = 0; n < events.size(); n++) {
            fixture.given(events.get(n));
            assertThat(key().version()).as(events.get(n).toString()).isEqualTo(n);
        }
    }

    @Test
    void no_event_of_a_key_is_forgotten() {
        assertThat(Arrays.stream(KeyStateProjection.class.getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(EventHandler.class))
                        .map(method -> method.getParameterTypes()[0]))
                .containsExactlyInAnyOrder(KeyEvent.class.getPermittedSubclasses());
    }

    @Test
    void dropping_and_replaying_gives_the_same_rows() {
        for (int n = 1; n <= 5; n++) {
            KeyHistory key = new KeyHistory(n);
            fixture.given(
                    key.created(n % 2 == 0 ? Origin.ALIYUN_KMS : Origin.EXTERNAL),
                    key.imported(FAR),
                    key.described("key " + n),
                    key.disabled(),
                    key.protection(n == 3, ""));
            if (n > 2) {
                fixture.given(key.deletionScheduled(FAR), key.materialDeleted());
            }
            if (n == 5) {
                fixture.given(key.destroyed());
            }
        }
        List<String> before = fixture.rows("key_state");
        assertThat(before).hasSize(4);

        fixture.clear();
        assertThat(fixture.rows("key_state")).isEmpty();
        fixture.rebuild();
        assertThat(fixture.rows("key_state")).isEqualTo(before);
    }

    @Test
    void a_listing_is_in_order_of_creation_and_pages_do_not_overlap() {
        for (int n = 5; n >= 1; n--) {
            fixture.given(new KeyHistory(n).created(Origin.ALIYUN_KMS));
        }
        Page<KeyId> first = queries.list(KeyFilter.NONE, new Page.Request(1, 2));
        Page<KeyId> last = queries.list(KeyFilter.NONE, new Page.Request(3, 2));
        Page<KeyId> beyond = queries.list(KeyFilter.NONE, new Page.Request(4, 2));

        assertThat(first.totalCount()).isEqualTo(5);
        assertThat(first.items()).containsExactly(new KeyHistory(1).key(), new KeyHistory(2).key());
        assertThat(last.items()).containsExactly(new KeyHistory(5).key());
        assertThat(beyond.items()).isEmpty();
        assertThat(beyond.totalCount()).isEqualTo(5);
    }

    @Test
    void filters_match_the_state_a_client_sees() {
        KeyHistory expired = new KeyHistory(2);
        fixture.given(one.created(Origin.ALIYUN_KMS), expired.created(Origin.EXTERNAL), expired.imported(PAST));

        assertThat(listed(new KeyFilter(Set.of("Enabled"), null, null, null))).containsExactly(one.key());
        assertThat(listed(new KeyFilter(Set.of("PendingImport"), null, null, null)))
                .containsExactly(expired.key());
        assertThat(listed(new KeyFilter(Set.of("Enabled", "PendingImport"), Set.of("Aliyun_AES_256"), null, null)))
                .containsExactly(one.key(), expired.key());
        assertThat(listed(new KeyFilter(null, null, Set.of("SIGN/VERIFY"), null)))
                .isEmpty();
        assertThat(listed(new KeyFilter(null, null, null, Set.of("HSM")))).isEmpty();
    }

    private List<KeyId> listed(KeyFilter filter) {
        return queries.list(filter, new Page.Request(1, 100)).items();
    }

    @Test
    void an_unknown_key_is_not_found() {
        assertThat(queries.find(KeyId.of(new UUID(1, 1)))).isEmpty();
        assertThat(queries.lockState(KeyId.of(new UUID(1, 1)))).isEmpty();
    }

    @Test
    void the_expiry_is_a_matter_of_store_time() {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        fixture.given(one.created(Origin.EXTERNAL), one.imported(tomorrow));
        assertThat(key().state()).isEqualTo(KeyState.ENABLED);

        fixture.jdbc()
                .sql("update store_clock set \"offset\" = interval '2 days'")
                .update();
        assertThat(key().state()).isEqualTo(KeyState.PENDING_IMPORT);
    }
}
