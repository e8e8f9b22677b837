package dev.keyledger.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one key and after which pauses; the same seed makes the same script for ever.
 *
 * @param external whether the key is born without material
 */
public record Script(boolean external, List<Step> steps) {

    /** Time passes, then something is done. */
    public record Step(Duration pause, Act act) {}

    /** How much of a world's time passes. */
    public enum Pace {
        /** Milliseconds to days, with expiries in the very second: for worlds whose clock is the script's. */
        EXACT,
        /**
         * Multiples of five hours, and nothing is due within an hour of any step (a token lives 24 hours, an expiry ends two hours beside a
         * multiple of five, a window is no multiple of five days): for worlds whose clock also runs by itself.
         */
        COARSE
    }

    /** Steps of a script that is acted out over HTTP as well. */
    public static final int LENGTH_OVER_HTTP = 25;

    /** No token may fail so often that it is used up: the budget is the store's and not the key's. */
    private static final int MOST_BAD_IMPORTS = 5;

    /** A node makes an RSA key pair for each. */
    private static final int MOST_TOKENS_OVER_HTTP = 3;

    private static final List<Integer> WINDOWS = List.of(7, 8, 9, 11, 12, 29);

    public Script {
        steps = List.copyOf(steps);
    }

    /** The script of a seed. */
    public static Script of(long seed, int length, Pace pace) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        boolean external = random.nextInt(4) > 0;
        List<Step> steps = new ArrayList<>();
        int bad = 0;
        int tokens = 0;
        while (steps.size() < length) {
            Act act = act(random, pace);
            boolean spoils = act instanceof Act.Import bring && bring.brought() != Act.Brought.OWN;
            if ((spoils && ++bad > MOST_BAD_IMPORTS)
                    || (act instanceof Act.IssueParameters
                            && pace == Pace.COARSE
                            && ++tokens > MOST_TOKENS_OVER_HTTP)) {
                act = new Act.Use();
            }
            steps.add(new Step(pause(random, pace), act));
        }
        return new Script(external, steps);
    }

    /** The script to this step, counted from 0. */
    Script upTo(int step) {
        return new Script(external, steps.subList(0, step + 1));
    }

    /** The script without some of its steps, of which there is another after them; the time they took still passes. */
    Script without(int from, int to) {
        List<Step> kept = new ArrayList<>(steps.subList(0, from));
        Duration passed = Duration.ZERO;
        for (Step step : steps.subList(from, to + 1)) {
            passed = passed.plus(step.pause());
        }
        kept.add(new Step(passed, steps.get(to).act()));
        kept.addAll(steps.subList(to + 1, steps.size()));
        return new Script(external, kept);
    }

    private static Duration pause(RandomGenerator random, Pace pace) {
        if (pace == Pace.COARSE) {
            return Duration.ofHours(List.of(0, 0, 0, 5, 10, 50, 170).get(random.nextInt(7)));
        }
        return switch (random.nextInt(6)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofMillis(random.nextInt(1, 2_000));
            case 2 -> Duration.ofMinutes(random.nextInt(1, 120));
            case 3 -> Duration.ofHours(random.nextInt(1, 30));
            case 4 -> Duration.ofDays(random.nextInt(1, 8));
            default -> Duration.ofSeconds(1);
        };
    }

    private static Act act(RandomGenerator random, Pace pace) {
        return switch (random.nextInt(23)) {
            case 0 -> new Act.Enable();
            case 1, 2 -> new Act.Disable();
            case 3 -> new Act.Describe("description " + random.nextInt(3));
            case 4 -> new Act.Tag(tags(random));
            case 5 -> new Act.Untag(tags(random));
            case 6 -> new Act.Protect(random.nextInt(4) == 0, "reason " + random.nextInt(2));
            case 7, 8 -> new Act.IssueParameters();
            case 9, 10, 11, 12 -> new Act.Import(random.nextInt(1, 5), brought(random), expiresIn(random, pace));
            case 13 -> new Act.DeleteMaterial();
            case 14 -> new Act.Expire();
            case 15 -> new Act.Schedule(WINDOWS.get(random.nextInt(WINDOWS.size())));
            case 16, 17 -> new Act.Cancel();
            case 18 -> new Act.Destroy(pace == Pace.EXACT && random.nextInt(5) == 0);
            case 19, 20 -> new Act.Notice(random.nextBoolean());
            default -> new Act.Use();
        };
    }

    private static Set<String> tags(RandomGenerator random) {
        Set<String> tags = new TreeSet<>();
        for (int i = random.nextInt(1, 9); i > 0; i--) {
            tags.add("tag" + random.nextInt(30));
        }
        return tags;
    }

    private static Act.Brought brought(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> Act.Brought.OTHER;
            case 1 -> Act.Brought.GARBLED;
            default -> Act.Brought.OWN;
        };
    }

    private static @Nullable Duration expiresIn(RandomGenerator random, Pace pace) {
        int kind = random.nextInt(6);
        if (kind == 0) {
            return null;
        }
        if (pace == Pace.COARSE) {
            return Duration.ofHours(kind == 1 ? -2 : 5L * random.nextInt(40) + 2);
        }
        return Duration.ofSeconds(kind <= 3 ? kind - 2 : random.nextInt(3_600, 1_000_000));
    }
}
