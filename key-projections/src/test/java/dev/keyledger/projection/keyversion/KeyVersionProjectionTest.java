package dev.keyledger.projection.keyversion;

import static dev.keyledger.projection.KeyHistory.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.ViewFixture;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyVersionProjectionTest {

    private final ViewFixture fixture = new ViewFixture().with(KeyVersionProjection::new);
    private final KeyVersionQueries queries = new KeyVersionQueries(fixture.jdbc());
    private final KeyHistory one = new KeyHistory(1);
    private final KeyHistory other = new KeyHistory(2);

    @AfterEach
    void drop() {
        fixture.close();
    }

    @Test
    void a_generated_key_has_its_version_from_the_start() {
        fixture.given(one.created(Origin.ALIYUN_KMS));
        Page<KeyVersion> versions = queries.list(one.key(), new Page.Request(1, 10));
        assertThat(versions.totalCount()).isEqualTo(1);
        assertThat(versions.items()).containsExactly(new KeyVersion(one.key(), one.version(), BEGIN));
    }

    @Test
    void an_external_key_gets_its_version_with_the_first_import_and_no_other() {
        fixture.given(one.created(Origin.EXTERNAL));
        assertThat(queries.list(one.key(), new Page.Request(1, 10)).items()).isEmpty();

        fixture.given(one.imported(null), one.materialDeleted(), one.imported(null));
        assertThat(queries.list(one.key(), new Page.Request(1, 10)).items())
                .containsExactly(new KeyVersion(one.key(), one.version(), BEGIN.plusSeconds(60)));
    }

    @Test
    void a_version_belongs_to_its_own_key() {
        fixture.given(one.created(Origin.ALIYUN_KMS), other.created(Origin.ALIYUN_KMS));
        assertThat(queries.find(one.key(), one.version())).isPresent();
        assertThat(queries.find(one.key(), other.version())).isEmpty();
        assertThat(queries.find(one.key(), new KeyVersionId(new UUID(9, 9)))).isEmpty();
    }

    @Test
    void a_destroyed_key_has_no_versions() {
        fixture.given(one.created(Origin.ALIYUN_KMS), other.created(Origin.ALIYUN_KMS), one.destroyed());
        assertThat(queries.find(one.key(), one.version())).isEmpty();
        assertThat(queries.find(other.key(), other.version())).isPresent();
    }

    @Test
    void dropping_and_replaying_gives_the_same_rows() {
        fixture.given(
                one.created(Origin.EXTERNAL), other.created(Origin.ALIYUN_KMS), one.imported(null), one.imported(null));
        List<String> before = fixture.rows("key_version");
        assertThat(before).hasSize(2);
        fixture.rebuild();
        assertThat(fixture.rows("key_version")).isEqualTo(before);
    }
}
