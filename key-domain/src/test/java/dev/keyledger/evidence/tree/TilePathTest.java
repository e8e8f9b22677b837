package dev.keyledger.evidence.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TilePathTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 256, tile/0/000",
        "0, 273, 112, tile/0/273.p/112",
        "0, 1234, 5, tile/0/x001/234.p/5",
        "1, 1234067, 256, tile/1/x001/x234/067",
        "63, 999, 1, tile/63/999.p/1",
        "10, 1000, 255, tile/10/x001/000.p/255",
        "-1, 0, 256, tile/entries/000",
        "-1, 1234067, 17, tile/entries/x001/x234/067.p/17",
        "0, 999999999999999999, 256, tile/0/x999/x999/x999/x999/x999/999",
    })
    void a_tile_has_one_path(int level, long index, int width, String text) {
        TilePath path = new TilePath(level, index, width);

        assertThat(path.text()).isEqualTo(text);
        assertThat(TilePath.parse(text)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tile/0/0",
                "tile/0/0000",
                "tile/00/000",
                "tile/64/000",
                "tile/-1/000",
                "tile/0/001/234",
                "tile/0/x001/x234",
                "tile/0/x001",
                "tile/0/x000/001",
                "tile/0/X001/234",
                "tile/0/000.p/0",
                "tile/0/000.p/05",
                "tile/0/000.p/256",
                "tile/0/000.p/",
                "tile/0/000.p",
                "/tile/0/000",
                "tile/0/000/",
                "tile/entry/000",
                "tile/0/\u0661\u0661\u0661",
                "tile/0/x001/x000/x000/x000/x000/x000/000",
                "tile/0/000\n",
            })
    void any_other_path_is_refused(String text) {
        assertThatThrownBy(() -> TilePath.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void impossible_coordinates_are_refused() {
        assertThatThrownBy(() -> new TilePath(-2, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TilePath(64, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TilePath(0, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TilePath(0, 1_000_000_000_000_000_000L, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TilePath(0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TilePath(0, 0, 257)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A full tile of one level is one hash of the next. */
    @ParameterizedTest
    @CsvSource({
        "tile/0/000, 255, false",
        "tile/0/000, 256, true",
        "tile/0/000, 70000, true",
        "tile/0/000.p/255, 255, true",
        "tile/0/000.p/254, 255, false",
        "tile/0/000.p/255, 256, false",
        "tile/1/000.p/1, 256, true",
        "tile/1/000.p/1, 255, false",
        "tile/0/001.p/1, 256, false",
        "tile/entries/000, 256, true",
        "tile/entries/000.p/3, 3, true",
        "tile/entries/000.p/3, 4, false",
        "tile/8/000, 9223372036854775807, false",
        "tile/7/000.p/127, 9223372036854775807, true",
        "tile/63/000.p/1, 9223372036854775807, false",
    })
    void a_tree_has_its_full_tiles_and_its_present_partial_ones(String path, long size, boolean there) {
        assertThat(TilePath.parse(path).isIn(size)).isEqualTo(there);
    }
}
