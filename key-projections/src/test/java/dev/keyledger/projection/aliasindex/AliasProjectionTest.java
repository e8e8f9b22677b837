package dev.keyledger.projection.aliasindex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.KeyHistory;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.ViewFixture;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AliasProjectionTest {

    private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
    private static final KeyId KEY = new KeyHistory(1).key();
    private static final KeyId OTHER = new KeyHistory(2).key();

    private final ViewFixture fixture = new ViewFixture().with(AliasProjection::new);
    private final AliasQueries queries = new AliasQueries(fixture.jdbc());

    @AfterEach
    void drop() {
        fixture.close();
    }

    private static AliasName alias(String name) {
        return new AliasName("alias/" + name);
    }

    @Test
    void an_alias_names_its_key_until_it_names_another() {
        fixture.given(new AliasCreated(alias("a"), KEY, AT));
        assertThat(queries.target(alias("a"))).contains(KEY);

        fixture.given(new AliasRepointed(alias("a"), OTHER, AT));
        assertThat(queries.target(alias("a"))).contains(OTHER);
        assertThat(queries.namesOf(KEY)).isEmpty();
        assertThat(queries.namesOf(OTHER)).containsExactly(alias("a"));
    }

    @Test
    void a_deleted_alias_is_free_and_may_come_again() {
        fixture.given(new AliasCreated(alias("a"), KEY, AT), new AliasDeleted(alias("a"), AT));
        assertThat(queries.target(alias("a"))).isEmpty();

        fixture.given(new AliasCreated(alias("a"), OTHER, AT));
        assertThat(queries.target(alias("a"))).contains(OTHER);
    }

    @Test
    void names_differ_by_case() {
        fixture.given(new AliasCreated(alias("a"), KEY, AT), new AliasCreated(alias("A"), OTHER, AT));
        assertThat(queries.target(alias("a"))).contains(KEY);
        assertThat(queries.target(alias("A"))).contains(OTHER);
    }

    @Test
    void listings_are_paged_and_ordered_whatever_the_order_of_events() {
        for (String name : List.of("c", "a", "b")) {
            fixture.given(new AliasCreated(alias(name), name.equals("b") ? OTHER : KEY, AT));
        }
        Page<AliasEntry> first = queries.list(new Page.Request(1, 2));
        Page<AliasEntry> second = queries.list(new Page.Request(2, 2));
        assertThat(first.totalCount()).isEqualTo(3);
        assertThat(first.items()).extracting(AliasEntry::name).containsExactly(alias("a"), alias("b"));
        assertThat(second.items()).extracting(AliasEntry::name).containsExactly(alias("c"));

        Page<AliasEntry> ofKey = queries.listOf(KEY, new Page.Request(1, 10));
        assertThat(ofKey.totalCount()).isEqualTo(2);
        assertThat(ofKey.items()).extracting(AliasEntry::name).containsExactly(alias("a"), alias("c"));
    }

    @Test
    void dropping_and_replaying_gives_the_same_rows() {
        fixture.given(
                new AliasCreated(alias("a"), KEY, AT),
                new AliasCreated(alias("b"), KEY, AT),
                new AliasRepointed(alias("a"), OTHER, AT),
                new AliasDeleted(alias("b"), AT),
                new AliasCreated(alias("b"), OTHER, AT));
        List<String> before = fixture.rows("alias");
        assertThat(before).hasSize(2);
        fixture.rebuild();
        assertThat(fixture.rows("alias")).isEqualTo(before);
    }
}
