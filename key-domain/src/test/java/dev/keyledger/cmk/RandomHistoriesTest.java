package dev.keyledger.cmk;

import dev.keyledger.model.Agreement;
import dev.keyledger.model.Script;
import dev.keyledger.model.Script.Pace;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random scripts on the aggregate and on the naive model: both must always agree. A failure names its seed, which repeats it, and shows the
 * shortest script that still fails. The coarse seeds are those that a whole node is held against over HTTP, so all three agree.
 */
class RandomHistoriesTest {

    /** Set to a seed to repeat one script. */
    private static final @Nullable Long REPEAT = Long.getLong("keyledger.test.seed");

    /** How many times as many scripts as usual. */
    private static final int TIMES = Integer.getInteger("keyledger.test.times", 1);

    private static final int STEPS = 60;
    private static final int MOST_TRIES = 500;

    static LongStream seeds() {
        return seeds(60);
    }

    static LongStream coarseSeeds() {
        return seeds(15);
    }

    private static LongStream seeds(int usual) {
        return REPEAT != null ? LongStream.of(REPEAT) : LongStream.rangeClosed(1, (long) usual * TIMES);
    }

    /** Behind a real command bus, repository and event store, with expiries in the very second. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_key_and_the_model_agree(long seed) {
        Agreement.check(Script.of(seed, STEPS, Pace.EXACT), BusWorld::new, MOST_TRIES);
    }

    /** As above, but each time the key is loaded, from a snapshot taken at any earlier event, in its stored form, and the events since. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("coarseSeeds")
    void the_key_from_a_snapshot_and_its_tail_and_the_model_agree(long seed) {
        Agreement.check(
                Script.of(seed, STEPS, Pace.EXACT),
                external -> new BusWorld(external, new AnySnapshot(seed)),
                MOST_TRIES);
    }

    /** In the framework's fixture, which replays all events before each command and looks for changes of state outside event handlers. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("coarseSeeds")
    void the_fixture_and_the_model_agree(long seed) {
        Agreement.check(Script.of(seed, Script.LENGTH_OVER_HTTP, Pace.COARSE), FixtureWorld::new, MOST_TRIES);
    }
}
