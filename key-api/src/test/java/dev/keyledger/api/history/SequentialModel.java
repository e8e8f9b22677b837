package dev.keyledger.api.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an object does when its calls come one after the other.
 *
 * @param <S> state; a value with equality
 * @param <C> call
 * @param <A> answer
 */
public interface SequentialModel<S, C, A> {

    /**
     * The states that a call may lead to.
     *
     * @param answer what was answered; null for a call without an answer, which may have had any
     * @return empty if the object never answers so in this state
     */
    List<S> step(S state, C call, @Nullable A answer);

    /** Whether a call with this answer leaves every state as it was. */
    boolean changesNothing(C call, @Nullable A answer);
}
