package dev.keyledger.api.operation;

import dev.keyledger.api.TestNode;
import dev.keyledger.model.Agreement;
import dev.keyledger.model.Script;
import dev.keyledger.model.Script.Pace;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random scripts on a node over HTTP and on the naive model: the same answers, the same key in DescribeKey and ListResourceTags, the same
 * events in the store. The aggregate alone is held against the same seeds in key-domain. A failure names its seed and shows the shortest
 * script that still fails.
 */
class ModelTest {

    /** Set to a seed to repeat one script. */
    private static final @Nullable Long REPEAT = Long.getLong("keyledger.test.seed");

    private static final int SCRIPTS = 6 * Integer.getInteger("keyledger.test.times", 1);

    private static final int MOST_TRIES = 40;

    private static TestNode node;

    static LongStream seeds() {
        return REPEAT != null ? LongStream.of(REPEAT) : LongStream.rangeClosed(1, SCRIPTS);
    }

    @BeforeAll
    static void start() {
        node = TestNode.with().testClock().start();
        NodeWorld.withoutTimers(node);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_node_and_the_model_agree(long seed) {
        Agreement.check(
                Script.of(seed, Script.LENGTH_OVER_HTTP, Pace.COARSE),
                external -> new NodeWorld(node, external),
                MOST_TRIES);
    }
}
