package dev.keyledger.projection.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Keys that had dates before there were notices. */
class NoticesMigrationTest {

    private static final Instant DAY = KeyHistory.BEGIN.plusSeconds(86_400);
    private static final Instant OTHER_DAY = DAY.plusSeconds(86_400);

    @Test
    void the_migration_makes_of_stored_dates_what_their_events_say() throws Exception {
        try (LiveStore store = new LiveStore()) {
            KeyHistory once = new KeyHistory(1);
            store.given(once.created(Origin.EXTERNAL), once.issued(), once.imported(DAY));
            KeyHistory again = new KeyHistory(2);
            store.given(
                    again.created(Origin.EXTERNAL),
                    again.imported(DAY),
                    again.imported(OTHER_DAY),
                    again.imported(DAY));
            KeyHistory same = new KeyHistory(3);
            Object late = same.created(Origin.EXTERNAL);
            Object early = same.imported(DAY);
            // The clock stepped back between the two: the latest instant is not the last event's.
            store.given(late, same.imported(DAY), early);
            KeyHistory anew = new KeyHistory(4);
            Object anewCreated = anew.created(Origin.EXTERNAL);
            Object second = anew.imported(DAY);
            // Here too, but what was in between ended the first date.
            store.given(anewCreated, anew.imported(DAY), anew.materialDeleted(), second);
            KeyHistory leaving = new KeyHistory(5);
            store.given(
                    leaving.created(Origin.ALIYUN_KMS),
                    leaving.deletionScheduled(DAY),
                    leaving.deletionCancelled(),
                    leaving.deletionScheduled(OTHER_DAY));
            KeyHistory both = new KeyHistory(6);
            store.given(both.created(Origin.EXTERNAL), both.imported(OTHER_DAY), both.deletionScheduled(DAY));
            KeyHistory dateless = new KeyHistory(7);
            store.given(dateless.created(Origin.EXTERNAL), dateless.imported(DAY), dateless.materialExpired());
            List<String> live = store.texts("select k::text from key_notice k order by 1");
            assertThat(live).hasSize(7);

            store.sql().sql("delete from key_notice").update();
            store.sql().sql(fillOf("V0021__notices.sql")).update();

            assertThat(store.texts("select k::text from key_notice k order by 1"))
                    .isEqualTo(live);
        }
    }

    /** The part of a migration that fills what it made. */
    private static String fillOf(String migration) throws IOException {
        try (InputStream file = NoticesMigrationTest.class.getResourceAsStream("/db/migration/" + migration)) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            return text.substring(text.indexOf("insert into"));
        }
    }
}
