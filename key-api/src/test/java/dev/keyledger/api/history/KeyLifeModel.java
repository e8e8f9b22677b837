package dev.keyledger.api.history;

import dev.keyledger.api.history.ModelKey.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The life of one key as the vendor documents it ("Impact of CMK status on API operations", "Import key material"; {@code docs/protocol.md}),
 * written down a second time and independent of the code that serves it.
 */
public final class KeyLifeModel implements SequentialModel<ModelKey, KeyCall, KeyAnswer> {

    /** Refusals that do not speak of the key and leave it alone. The last one is of a token that has had its sixteen failed imports. */
    private static final Set<String> TELL_NOTHING =
            Set.of(KeyAnswer.LOST_RACE, "Rejected.Throttling", "Throttling.User", "InvalidImportToken");

    private static final String STATE = "Rejected.StateModifiedFailed";

    /** What may happen in a state. */
    private record Outcome(KeyAnswer answer, ModelKey after) {}

    @Override
    public List<ModelKey> step(ModelKey life, KeyCall call, @Nullable KeyAnswer answer) {
        if (answer != null && TELL_NOTHING.contains(answer.code())) {
            return List.of(life);
        }
        return outcomes(life, call).stream()
                .filter(outcome -> answer == null || outcome.answer.equals(answer))
                .map(Outcome::after)
                .toList();
    }

    @Override
    public boolean changesNothing(KeyCall call, @Nullable KeyAnswer answer) {
        return call instanceof KeyCall.Use
                || call instanceof KeyCall.Describe
                || (answer != null && !answer.code().isEmpty());
    }

    private static List<Outcome> outcomes(ModelKey life, KeyCall call) {
        if (call instanceof KeyCall.Use) {
            return List.of(new Outcome(use(life.state()), life));
        }
        if (call instanceof KeyCall.Describe) {
            boolean deletion = life.state() == State.PENDING_DELETION;
            return List.of(new Outcome(
                    KeyAnswer.described(
                            life.state().wireName(), life.material() ? life.expiry() : ModelKey.NEVER, deletion),
                    life));
        }
        if (call instanceof KeyCall.Enable) {
            return switchTo(State.ENABLED, life);
        }
        if (call instanceof KeyCall.Disable) {
            return switchTo(State.DISABLED, life);
        }
        if (call instanceof KeyCall.Schedule) {
            return life.state() == State.PENDING_DELETION ? refused(life) : done(life.in(State.PENDING_DELETION));
        }
        if (call instanceof KeyCall.Cancel) {
            return life.state() != State.PENDING_DELETION
                    ? refused(life)
                    : done(life.in(life.material() ? State.ENABLED : State.PENDING_IMPORT));
        }
        if (call instanceof KeyCall.Import ask) {
            return imported(life, ask);
        }
        if (call instanceof KeyCall.DeleteMaterial) {
            return done(life.material() ? life.withoutMaterial() : life);
        }
        return done(life.oneTickLater());
    }

    private static KeyAnswer use(State state) {
        return switch (state) {
            case ENABLED -> KeyAnswer.done();
            case DISABLED -> KeyAnswer.refused("Rejected.Disabled");
            case PENDING_DELETION -> KeyAnswer.refused("Rejected.PendingDeletion");
            case PENDING_IMPORT -> KeyAnswer.refused("Rejected.PendingImport");
        };
    }

    private static List<Outcome> switchTo(State wanted, ModelKey life) {
        return life.state() == State.ENABLED || life.state() == State.DISABLED ? done(life.in(wanted)) : refused(life);
    }

    private static List<Outcome> imported(ModelKey life, KeyCall.Import ask) {
        List<Outcome> possible = new ArrayList<>();
        boolean past = ask.expiry() <= life.now();
        if (past) {
            // Of two faults the service may name either.
            possible.add(new Outcome(KeyAnswer.refused("InvalidParameter"), life));
        }
        faultOf(life, ask)
                .ifPresentOrElse(
                        fault -> possible.add(new Outcome(fault, life)),
                        // Also in the past: the instant is looked at when the request is read, and may pass before it
                        // is done.
                        () -> possible.add(new Outcome(
                                KeyAnswer.done(),
                                life.withMaterial(ask.material(), ask.expiry()).atPresent())));
        return possible;
    }

    private static Optional<KeyAnswer> faultOf(ModelKey life, KeyCall.Import ask) {
        if (life.state() == State.PENDING_DELETION) {
            return Optional.of(KeyAnswer.refused(STATE));
        }
        return life.bound() == ModelKey.UNBOUND || life.bound() == ask.material()
                ? Optional.empty()
                : Optional.of(KeyAnswer.refused("InvalidKeyMaterial"));
    }

    private static List<Outcome> done(ModelKey after) {
        return List.of(new Outcome(KeyAnswer.done(), after));
    }

    private static List<Outcome> refused(ModelKey life) {
        return List.of(new Outcome(KeyAnswer.refused(STATE), life));
    }
}
