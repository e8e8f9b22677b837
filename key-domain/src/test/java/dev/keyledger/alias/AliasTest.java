package dev.keyledger.alias;

import dev.keyledger.alias.AliasCommand.CreateAlias;
import dev.keyledger.alias.AliasCommand.DeleteAlias;
import dev.keyledger.alias.AliasCommand.UpdateAlias;
import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.hamcrest.Description;
import org.hamcrest.Matcher;
import org.hamcrest.TypeSafeMatcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AliasTest {

    private static final AliasName NAME = new AliasName("alias/payments");
    private static final KeyId KEY = new KeyId("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");
    private static final KeyId OTHER = new KeyId("08c33a6f-4e0a-4a1b-a3fa-7ddfa1d40000");
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.250Z");
    private static final AliasCreated CREATED = new AliasCreated(NAME, KEY, NOW);
    private static final AliasDeleted DELETED = new AliasDeleted(NAME, NOW);

    private final Map<KeyId, KeyState> keys = new HashMap<>();
    private AggregateTestFixture<Alias> fixture = newFixture();

    @BeforeEach
    void twoKeys() {
        fixture = newFixture();
        keys.put(KEY, KeyState.ENABLED);
        keys.put(OTHER, KeyState.ENABLED);
    }

    private AggregateTestFixture<Alias> newFixture() {
        AggregateTestFixture<Alias> fresh = new AggregateTestFixture<>(Alias.class);
        fresh.registerInjectableResource((StoreClock) () -> NOW);
        fresh.registerInjectableResource((AliasTargets) keyId -> Optional.ofNullable(keys.get(keyId)));
        return fresh;
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyState.class,
            names = {"ENABLED", "DISABLED", "PENDING_IMPORT"})
    void an_alias_is_created_for_a_key_that_is_not_going_away(KeyState state) {
        keys.put(KEY, state);
        fixture.givenNoPriorActivity()
                .when(new CreateAlias(NAME, KEY))
                .expectSuccessfulHandlerExecution()
                .expectEvents(CREATED);
    }

    @Test
    void no_alias_for_a_key_pending_deletion() {
        keys.put(KEY, KeyState.PENDING_DELETION);
        refused(
                fixture.givenNoPriorActivity().when(new CreateAlias(NAME, KEY)),
                ErrorCode.STATE_MODIFIED_FAILED,
                "CreateAlias for a key in state PendingDeletion");
    }

    @Test
    void no_alias_for_a_key_that_is_not_there() {
        keys.clear();
        refused(fixture.givenNoPriorActivity().when(new CreateAlias(NAME, KEY)), ErrorCode.KEY_NOT_FOUND, "");
    }

    @Test
    void an_alias_exists_once_whatever_key_it_names() {
        refused(fixture.given(CREATED).when(new CreateAlias(NAME, OTHER)), ErrorCode.ALIAS_ALREADY_EXISTS, "");
        refused(fixture.given(CREATED).when(new CreateAlias(NAME, KEY)), ErrorCode.ALIAS_ALREADY_EXISTS, "");
    }

    @Test
    void a_deleted_alias_can_be_created_again() {
        fixture.given(CREATED, DELETED)
                .when(new CreateAlias(NAME, OTHER))
                .expectEvents(new AliasCreated(NAME, OTHER, NOW));
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyState.class,
            names = {"ENABLED", "DISABLED", "PENDING_IMPORT"})
    void an_alias_is_pointed_to_another_key(KeyState state) {
        keys.put(OTHER, state);
        fixture.given(CREATED).when(new UpdateAlias(NAME, OTHER)).expectEvents(new AliasRepointed(NAME, OTHER, NOW));
    }

    @Test
    void only_the_state_of_the_new_key_matters() {
        keys.put(KEY, KeyState.PENDING_DELETION);
        fixture.given(CREATED).when(new UpdateAlias(NAME, OTHER)).expectEvents(new AliasRepointed(NAME, OTHER, NOW));
    }

    @Test
    void pointing_it_where_it_points_changes_nothing() {
        fixture.given(CREATED)
                .when(new UpdateAlias(NAME, KEY))
                .expectSuccessfulHandlerExecution()
                .expectNoEvents();
        fixture.given(CREATED, new AliasRepointed(NAME, OTHER, NOW))
                .when(new UpdateAlias(NAME, KEY))
                .expectEvents(new AliasRepointed(NAME, KEY, NOW));
    }

    @Test
    void no_alias_is_pointed_to_a_key_pending_deletion() {
        keys.put(OTHER, KeyState.PENDING_DELETION);
        refused(
                fixture.given(CREATED).when(new UpdateAlias(NAME, OTHER)),
                ErrorCode.REJECTED_PENDING_DELETION,
                "UpdateAlias for a key in state PendingDeletion");
    }

    @Test
    void no_alias_is_pointed_to_a_key_that_is_not_there() {
        keys.remove(OTHER);
        refused(fixture.given(CREATED).when(new UpdateAlias(NAME, OTHER)), ErrorCode.KEY_NOT_FOUND, "");
    }

    @Test
    void a_deleted_alias_is_not_found_and_that_is_told_before_the_key() {
        keys.clear();
        refused(fixture.given(CREATED, DELETED).when(new UpdateAlias(NAME, OTHER)), ErrorCode.ALIAS_NOT_FOUND, "");
        refused(fixture.given(CREATED, DELETED).when(new DeleteAlias(NAME)), ErrorCode.ALIAS_NOT_FOUND, "");
    }

    @Test
    void an_alias_that_never_was_has_no_stream() {
        fixture.givenNoPriorActivity()
                .when(new UpdateAlias(NAME, KEY))
                .expectException(AggregateNotFoundException.class);
        fixture.givenNoPriorActivity().when(new DeleteAlias(NAME)).expectException(AggregateNotFoundException.class);
    }

    @Test
    void an_alias_is_deleted_whatever_the_state_of_its_key_and_its_stream_stays_open() {
        keys.clear();
        fixture.given(CREATED).when(new DeleteAlias(NAME)).expectEvents(DELETED).expectNotMarkedDeleted();
    }

    private static void refused(ResultValidator<Alias> result, ErrorCode code, String reason) {
        result.expectException(refusal(code, reason)).expectNoEvents();
    }

    private static Matcher<Refusal> refusal(ErrorCode code, String reason) {
        return new TypeSafeMatcher<>() {
            @Override
            protected boolean matchesSafely(Refusal refusal) {
                return refusal.code() == code && refusal.reason().equals(reason);
            }

            @Override
            public void describeTo(Description description) {
                description.appendText("a refusal with ").appendValue(code);
            }
        };
    }
}
