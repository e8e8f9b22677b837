package dev.keyledger.projection.tags;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import dev.keyledger.projection.ViewFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TagProjectionTest {

    private final ViewFixture fixture = new ViewFixture().with(TagProjection::new);
    private final TagQueries queries = new TagQueries(fixture.jdbc());
    private final KeyHistory one = new KeyHistory(1);
    private final KeyHistory two = new KeyHistory(2);
    private final KeyHistory three = new KeyHistory(3);

    @AfterEach
    void drop() {
        fixture.close();
    }

    private void tagThree() {
        fixture.given(
                one.tagged(Map.of("team", "red", "stage", "test"), List.of()),
                two.tagged(Map.of("team", "red"), List.of()),
                three.tagged(Map.of("team", "blue", "stage", "test"), List.of()));
    }

    @Test
    void tags_are_set_replaced_and_removed() {
        fixture.given(
                one.created(Origin.ALIYUN_KMS),
                one.tagged(Map.of("a", "1", "b", "2"), List.of()),
                one.tagged(Map.of("a", "3", "c", ""), List.of("b")));
        assertThat(queries.of(one.key()))
                .containsExactly(new KeyTag(one.key(), "a", "3"), new KeyTag(one.key(), "c", ""));
    }

    @Test
    void the_tags_of_a_destroyed_key_go_with_it() {
        tagThree();
        fixture.given(one.destroyed());
        assertThat(queries.of(one.key())).isEmpty();
        assertThat(queries.of(two.key())).hasSize(1);
    }

    @Test
    void a_listing_wants_all_of_its_tags_on_a_key() {
        tagThree();
        assertThat(list(Map.of("team", "red")))
                .extracting(KeyTag::keyId)
                .containsExactly(one.key(), one.key(), two.key());
        assertThat(list(Map.of("team", "red", "stage", "test")))
                .containsExactly(new KeyTag(one.key(), "stage", "test"), new KeyTag(one.key(), "team", "red"));
        assertThat(list(Map.of("team", ""))).hasSize(5);
        assertThat(list(Map.of("team", "green"))).isEmpty();
    }

    @Test
    void a_listing_is_restricted_to_keys_and_goes_on_where_it_stopped() {
        tagThree();
        List<KeyTag> firstTwo = queries.list(List.of(one.key(), three.key()), Map.of(), null, 2);
        assertThat(firstTwo).extracting(KeyTag::keyId).containsExactly(one.key(), one.key());
        assertThat(queries.list(List.of(one.key(), three.key()), Map.of(), firstTwo.get(1), 10))
                .containsExactly(new KeyTag(three.key(), "stage", "test"), new KeyTag(three.key(), "team", "blue"));
    }

    private List<KeyTag> list(Map<String, String> wanted) {
        return queries.list(List.of(), wanted, null, 100);
    }

    @Test
    void dropping_and_replaying_gives_the_same_rows() {
        tagThree();
        fixture.given(two.tagged(Map.of("stage", "live"), List.of("team")), three.destroyed());
        List<String> before = fixture.rows("key_tag");
        assertThat(before).hasSize(3);
        fixture.rebuild();
        assertThat(fixture.rows("key_tag")).isEqualTo(before);
    }
}
