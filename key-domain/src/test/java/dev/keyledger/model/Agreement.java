package dev.keyledger.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Holds a world against the model, step by step: the answer, the key as it is then, and every event there has been. */
public final class Agreement {

    private Agreement() {}

    /** Where world and model first differ, and the story up to there. */
    private record Difference(int step, String story) {}

    /**
     * Fails with the shortest script that still tells world and model apart, which deleting steps leads to.
     *
     * @param worlds makes a fresh key, external or not
     * @param mostTries how many shorter scripts may be tried; a slow world needs a low number
     */
    public static void check(Script script, Function<Boolean, World> worlds, int mostTries) {
        Optional<Difference> found = difference(script, worlds);
        if (found.isEmpty()) {
            return;
        }
        Difference difference = found.get();
        Script shortest = script.upTo(difference.step);
        int tries = 0;
        for (int width = Math.max(1, shortest.steps().size() / 2); width > 0; width /= 2) {
            // The last step is the one that differs: it stays.
            for (int from = 0; from + width < shortest.steps().size() && tries < mostTries; tries++) {
                Script shorter = shortest.without(from, from + width);
                Optional<Difference> still = difference(shorter, worlds);
                if (still.isPresent()) {
                    difference = still.get();
                    shortest = shorter.upTo(difference.step);
                } else {
                    from += width;
                }
            }
        }
        throw new AssertionError(difference.story);
    }

    private static Optional<Difference> difference(Script script, Function<Boolean, World> worlds) {
        World world = worlds.apply(script.external());
        KeyModel model = new KeyModel(script.external());
        Instant now = Instant.EPOCH;
        List<String> events = new ArrayList<>();
        StringBuilder story = new StringBuilder(script.external() ? "an external key" : "a key of our material");
        for (int i = 0; i < script.steps().size(); i++) {
            Script.Step step = script.steps().get(i);
            if (!step.pause().isZero()) {
                now = now.plus(step.pause());
                world.pass(step.pause());
            }
            List<String> foretold = model.foretell(step.act(), now);
            boolean refused = KeyModel.refused(foretold);
            events.addAll(refused ? List.of() : foretold);
            String expected = refused ? foretold.get(0) : "ok";
            String actual = world.act(step.act());
            story.append(
                    "\nafter %s %s: %s %s, %s".formatted(step.pause(), step.act(), expected, foretold, model.see(now)));
            if (!actual.equals(expected)) {
                return Optional.of(new Difference(i, story + "\nbut the answer is " + actual));
            }
            if (!world.see().equals(model.see(now))) {
                return Optional.of(new Difference(i, story + "\nbut the key is " + world.see()));
            }
            if (!world.events().equals(events)) {
                return Optional.of(new Difference(i, story + "\nbut all its events are " + world.events()));
            }
        }
        return Optional.empty();
    }
}
