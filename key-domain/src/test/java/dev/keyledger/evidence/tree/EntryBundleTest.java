package dev.keyledger.evidence.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryBundleTest {

    private static List<byte[]> entries(EntryBundle bundle) {
        List<byte[]> entries = new ArrayList<>();
        bundle.forEach((bytes, offset, length) -> entries.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        return entries;
    }

    @Test
    void each_record_has_two_bytes_of_length_before_it() {
        EntryBundle bundle = EntryBundle.of(List.of(new byte[] {7}, new byte[0], new byte[0x0102]));

        assertThat(bundle.bytes()).hasSize(3 + 2 + 2 + 0x0102).startsWith(0, 1, 7, 0, 0, 1, 2, 0);
        assertThat(bundle.size()).isEqualTo(3);
    }

    @Test
    void records_are_read_back() {
        List<byte[]> records = List.of(new byte[EntryBundle.MAX_ENTRY_BYTES], SampleLog.record(1), new byte[0]);

        EntryBundle read = EntryBundle.parse(EntryBundle.of(records).bytes());

        assertThat(read.size()).isEqualTo(3);
        assertThat(entries(read)).usingElementComparator(Arrays::compare).isEqualTo(records);
    }

    @Test
    void lengths_must_add_up() {
        byte[] bundle = EntryBundle.of(List.of(SampleLog.record(0), SampleLog.record(1)))
                .bytes();
        int whole = bundle.length / 2;
        for (int length = 0; length < bundle.length; length++) {
            byte[] cut = Arrays.copyOf(bundle, length);
            if (length == whole) {
                assertThat(EntryBundle.parse(cut).size()).isEqualTo(1);
            } else {
                assertThatThrownBy(() -> EntryBundle.parse(cut)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void a_bundle_has_1_to_256_records_of_at_most_65535_bytes() {
        List<byte[]> full = Collections.nCopies(Tile.WIDTH, new byte[] {1});

        assertThat(EntryBundle.parse(EntryBundle.of(full).bytes()).size()).isEqualTo(Tile.WIDTH);
        assertThatThrownBy(() -> EntryBundle.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EntryBundle.of(Collections.nCopies(Tile.WIDTH + 1, new byte[] {1})))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EntryBundle.parse(new byte[2 * (Tile.WIDTH + 1)]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EntryBundle.of(List.of(new byte[EntryBundle.MAX_ENTRY_BYTES + 1])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
