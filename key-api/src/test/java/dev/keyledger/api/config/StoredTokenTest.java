package dev.keyledger.api.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.eventlog.EventJson;
import java.util.List;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.eventhandling.GapAwareTrackingToken;
import org.axonframework.eventhandling.ReplayToken;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What processors store about how far they have read, and whose it is. */
class StoredTokenTest {

    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        store.close();
    }

    private TokenStore tokens() {
        return new LedgerConfiguration()
                .tokenStore(
                        new UnitOfWorkAwareConnectionProviderWrapper(
                                new SpringDataSourceConnectionProvider(store.dataSource())),
                        EventJson.serializer(),
                        new NodeName("one host/1"));
    }

    static List<TrackingToken> positions() {
        TrackingToken read = GapAwareTrackingToken.newInstance(12, List.of(7L, 9L));
        // A processor that was reset stores the last form; if it could not be read back it would never start again.
        return List.of(read, ReplayToken.createReplayToken(read));
    }

    @ParameterizedTest
    @MethodSource("positions")
    void is_read_back_as_it_was(TrackingToken position) {
        TokenStore tokens = tokens();
        store.transaction().executeWithoutResult(status -> {
            tokens.initializeTokenSegments("a processor", 1, position);
            assertThat(tokens.fetchToken("a processor", 0)).isEqualTo(position);
        });
    }

    @Test
    void two_nodes_of_one_name_do_not_share_a_claim() {
        TokenStore first = tokens();
        TokenStore second = tokens();
        first.initializeTokenSegments("a processor", 1);
        first.fetchToken("a processor", 0);

        assertThat(second.fetchAvailableSegments("a processor")).isEmpty();
        assertThat(first.fetchAvailableSegments("a processor")).hasSize(1);
    }
}
