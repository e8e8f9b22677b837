package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.model.Act;
import dev.keyledger.model.Agreement;
import dev.keyledger.model.Script;
import dev.keyledger.model.Script.Pace;
import dev.keyledger.model.Seen;
import dev.keyledger.model.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The comparison with the model can fail, and then shows no more than is needed. */
class AgreementTest {

    @Test
    void a_world_that_differs_is_shown_with_the_steps_that_matter_and_no_others() {
        assertThatThrownBy(() -> Agreement.check(Script.of(3, 60, Pace.EXACT), Forgetful::new, 500))
                .isInstanceOf(AssertionError.class)
                .message()
                .matches(
                        "(?s)a.* key[^\\n]*\nafter [^\\n]* (?:Tag|Untag)\\[[^\\n]*\nafter [^\\n]* (?:Tag|Untag)\\[[^\\n]*\nbut all its events are .*");
    }

    /** Loses the event of every second change of tags. */
    private static final class Forgetful implements World {

        private final BusWorld world;

        private Forgetful(boolean external) {
            world = new BusWorld(external);
        }

        @Override
        public void pass(Duration pause) {
            world.pass(pause);
        }

        @Override
        public String act(Act act) {
            return world.act(act);
        }

        @Override
        public Seen see() {
            return world.see();
        }

        @Override
        public List<String> events() {
            List<String> events = world.events();
            long changed = events.stream().filter("KeyTagsChanged"::equals).count();
            return changed < 2 ? events : events.subList(0, events.size() - 1);
        }
    }
}
