package dev.keyledger.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.evidence.note.SignedNote;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnchoredCheckpointTest {

    private static final AnchoredCheckpoint COSIGNED =
            new AnchoredCheckpoint(SignedNote.parse(GoldenFile.bytes("checkpoint-cosigned.txt")));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String published() {
        return new String(GoldenFile.read("anchored-checkpoint-1.json"), StandardCharsets.UTF_8);
    }

    @Test
    void a_checkpoint_is_written_as_published() {
        assertThat(new String(COSIGNED.canonical(), StandardCharsets.UTF_8)).isEqualTo(published());
    }

    @Test
    void published_bytes_are_read_back_to_the_byte_with_all_signatures() {
        AnchoredCheckpoint read = AnchoredCheckpoint.parse(bytes(published()));
        assertThat(read).isEqualTo(COSIGNED);
        assertThat(read.note().bytes()).isEqualTo(GoldenFile.bytes("checkpoint-cosigned.txt"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"format\":1|\"format\":2",
                "\"format\":1|\"format\":1,\"more\":1",
                "\"format\":1|\"format\": 1",
                "\"checkpoint\"|\"note\"",
                "\\n\\n|\\n"
            })
    void other_bytes_are_refused(String published, String other) {
        byte[] changed = bytes(published().replace(published, other));
        assertThatThrownBy(() -> AnchoredCheckpoint.parse(changed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_beginning_of_the_line_is_torn() {
        byte[] whole = COSIGNED.canonical();
        for (int length = 0; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> AnchoredCheckpoint.parse(torn)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void its_line_is_told_from_one_of_the_deletion_ledger_by_its_beginning() {
        assertThat(AnchoredCheckpoint.beginsLike(COSIGNED.canonical())).isTrue();
        assertThat(AnchoredCheckpoint.beginsLike(GoldenFile.read("deletion-ledger-1-deleted.json")))
                .isFalse();
        assertThat(AnchoredCheckpoint.beginsLike(new byte[0])).isFalse();
    }
}
