package dev.keyledger.api.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a history of concurrent calls can be explained by an object that takes one at a time, each at some instant between its start and its
 * end. The search is Wing and Gong's ("Testing and verifying concurrent objects", 1993) with Lowe's memory of the configurations that led
 * nowhere ("Testing for linearizability", 2017).
 */
public final class Linearizability<S, C, A> {

    /** Most states that are looked at to shorten a history that cannot be explained. */
    private static final int MAX_STATES = 20_000;

    /** Calls that are shown of a history that cannot be shortened. */
    private static final int LAST_CALLS = 40;

    /** More than any history of a fault-free run needs by three orders of magnitude; a search beyond it says so instead of running on. */
    private static final int MAX_CONFIGURATIONS = 3_000_000;

    private final SequentialModel<S, C, A> model;

    /** Checks against this model. */
    public Linearizability(SequentialModel<S, C, A> model) {
        this.model = model;
    }

    /** Whether there is an order of the calls that starts in one of these states, respects who ended before whom, and gives each its answer. */
    public boolean explains(Collection<S> initialStates, List<RecordedCall<C, A>> history) {
        return initialStates.stream().anyMatch(state -> new Search(state, history).succeeds());
    }

    /** A configuration of the search: which calls have taken effect, and where that led. */
    private record Configuration<S>(BitSet done, S state) {}

    /** A call being tried as the next to take effect. */
    private record Choice<S>(Entry entry, S before, Deque<S> otherOutcomes) {}

    /** Start or end of a call in the order of time, linked so that a call can be taken out and put back. */
    private static final class Entry {
        private final int number;
        private final boolean isStart;
        private @Nullable Entry previous;
        private @Nullable Entry next;
        private @Nullable Entry end;

        Entry(int number, boolean isStart) {
            this.number = number;
            this.isStart = isStart;
        }

        void takeOut() {
            unlink();
            if (end != null) {
                end.unlink();
            }
        }

        void putBack() {
            if (end != null) {
                end.link();
            }
            link();
        }

        private void unlink() {
            if (previous != null) {
                previous.next = next;
            }
            if (next != null) {
                next.previous = previous;
            }
        }

        private void link() {
            if (previous != null) {
                previous.next = this;
            }
            if (next != null) {
                next.previous = this;
            }
        }
    }

    private final class Search {

        private final List<RecordedCall<C, A>> calls;
        private final Entry head;
        private final Set<Configuration<S>> visited = new HashSet<>();
        private final BitSet done = new BitSet();
        private final Deque<Choice<S>> choices = new ArrayDeque<>();
        private S state;
        private int unexplained;

        Search(S initial, List<RecordedCall<C, A>> history) {
            this.calls = history;
            this.state = initial;
            this.head = inOrderOfTime(history);
            this.unexplained =
                    (int) history.stream().filter(call -> call.answer() != null).count();
        }

        boolean succeeds() {
            Entry candidate = head.next;
            while (unexplained > 0) {
                if (candidate != null && candidate.isStart) {
                    RecordedCall<C, A> call = calls.get(candidate.number);
                    candidate =
                            choose(candidate, new ArrayDeque<>(model.step(state, call.call(), call.answer())), state)
                                    ? head.next
                                    : candidate.next;
                } else {
                    // A call has ended that nothing tried so far lets take effect in time: an earlier choice was wrong.
                    candidate = reconsider();
                    if (candidate == null) {
                        return false;
                    }
                }
            }
            return true;
        }

        private boolean choose(Entry entry, Deque<S> outcomes, S before) {
            done.set(entry.number);
            while (!outcomes.isEmpty()) {
                S after = outcomes.removeFirst();
                // A call without an answer need not have happened, so there is no point in letting it do nothing.
                if (calls.get(entry.number).answer() == null && after.equals(before)) {
                    continue;
                }
                if (visited.add(new Configuration<>((BitSet) done.clone(), after))) {
                    if (visited.size() > MAX_CONFIGURATIONS) {
                        throw new IllegalStateException("undecided after " + MAX_CONFIGURATIONS + " configurations");
                    }
                    entry.takeOut();
                    choices.push(new Choice<>(entry, before, outcomes));
                    state = after;
                    if (calls.get(entry.number).answer() != null) {
                        unexplained--;
                    }
                    return true;
                }
            }
            done.clear(entry.number);
            return false;
        }

        /** Takes the last choice back; answers from where to look on, null when there is nothing left to try. */
        private @Nullable Entry reconsider() {
            while (!choices.isEmpty()) {
                Choice<S> last = choices.pop();
                Entry entry = last.entry;
                entry.putBack();
                done.clear(entry.number);
                state = last.before;
                if (calls.get(entry.number).answer() != null) {
                    unexplained++;
                }
                if (choose(entry, last.otherOutcomes, last.before)) {
                    return head.next;
                }
                if (entry.next != null) {
                    return entry.next;
                }
            }
            return null;
        }
    }

    /** Starts come before ends of the same instant: calls that touch are taken for concurrent. */
    private static <C, A> Entry inOrderOfTime(List<RecordedCall<C, A>> history) {
        record At(long nanos, Entry entry) {}
        List<At> all = new ArrayList<>();
        for (int number = 0; number < history.size(); number++) {
            RecordedCall<C, A> call = history.get(number);
            Entry start = new Entry(number, true);
            all.add(new At(call.start(), start));
            if (call.answer() != null) {
                Entry end = new Entry(number, false);
                start.end = end;
                all.add(new At(call.end(), end));
            }
        }
        all.sort(Comparator.comparingLong(At::nanos).thenComparing(at -> at.entry.isStart ? 0 : 1));
        Entry head = new Entry(-1, false);
        Entry last = head;
        for (At each : all) {
            last.next = each.entry;
            each.entry.previous = last;
            last = each.entry;
        }
        return head;
    }

    /**
     * The heart of a history that cannot be explained, made by deleting only what cannot be the reason: everything after the first answer that
     * has no explanation, everything before the last moment from which no state whatever would explain the rest, and calls that change nothing
     * and are not needed for the contradiction.
     *
     * @return calls of the history in order of their start; some may have lost their answers, because these lay beyond the cuts
     */
    public List<RecordedCall<C, A>> heartOf(Collection<S> initialStates, List<RecordedCall<C, A>> unexplained) {
        List<RecordedCall<C, A>> prefix = shortestPrefix(initialStates, unexplained);
        Set<S> anyState = reachable(initialStates, prefix);
        if (anyState.isEmpty()) {
            // Too many states to leave anything out before the end: the last calls say where to look.
            return prefix.stream()
                    .sorted(Comparator.comparingLong(RecordedCall::start))
                    .skip(Math.max(0, prefix.size() - LAST_CALLS))
                    .toList();
        }
        List<RecordedCall<C, A>> heart = shortestSuffix(anyState, prefix);
        Collection<S> from = explains(anyState, heart) ? initialStates : anyState;
        for (RecordedCall<C, A> each : List.copyOf(heart)) {
            if (!mayChange(each)) {
                List<RecordedCall<C, A>> without = new ArrayList<>(heart);
                without.remove(each);
                if (!explains(from, without)) {
                    heart = without;
                }
            }
        }
        return heart.stream()
                .sorted(Comparator.comparingLong(RecordedCall::start))
                .toList();
    }

    private List<RecordedCall<C, A>> shortestPrefix(Collection<S> initial, List<RecordedCall<C, A>> history) {
        List<Long> ends = history.stream()
                .filter(call -> call.answer() != null)
                .map(RecordedCall::end)
                .sorted()
                .toList();
        int low = 0;
        int high = ends.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (explains(initial, until(history, ends.get(middle)))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return until(history, ends.get(low));
    }

    private List<RecordedCall<C, A>> until(List<RecordedCall<C, A>> history, long cut) {
        List<RecordedCall<C, A>> kept = new ArrayList<>();
        for (RecordedCall<C, A> each : history) {
            if (each.end() <= cut) {
                kept.add(each);
            } else if (each.start() <= cut && mayChange(each)) {
                kept.add(each.forgotten());
            }
        }
        return kept;
    }

    private boolean mayChange(RecordedCall<C, A> call) {
        return !model.changesNothing(call.call(), call.answer());
    }

    private List<RecordedCall<C, A>> shortestSuffix(Collection<S> anyState, List<RecordedCall<C, A>> history) {
        List<Long> starts =
                history.stream().map(RecordedCall::start).sorted().distinct().toList();
        if (explains(anyState, history)) {
            // The contradiction reaches back to the very first state.
            return history;
        }
        int low = 0;
        int high = starts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (explains(anyState, from(history, starts.get(middle)))) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return from(history, starts.get(low));
    }

    private List<RecordedCall<C, A>> from(List<RecordedCall<C, A>> history, long cut) {
        List<RecordedCall<C, A>> kept = new ArrayList<>();
        for (RecordedCall<C, A> each : history) {
            if (each.start() >= cut) {
                kept.add(each);
            } else if (each.end() >= cut && mayChange(each)) {
                // Took effect before the cut, or after it, or never.
                kept.add(each.forgotten());
            }
        }
        return kept;
    }

    /** Every state that some order of some of the calls leads to; none if they are too many. */
    private Set<S> reachable(Collection<S> initial, List<RecordedCall<C, A>> history) {
        Set<S> seen = new HashSet<>(initial);
        Set<C> calls = new HashSet<>();
        history.forEach(each -> calls.add(each.call()));
        Deque<S> open = new ArrayDeque<>(initial);
        while (!open.isEmpty()) {
            S state = open.pop();
            for (C call : calls) {
                for (S after : model.step(state, call, null)) {
                    if (seen.add(after)) {
                        open.push(after);
                    }
                    if (seen.size() > MAX_STATES) {
                        return Set.of();
                    }
                }
            }
        }
        return seen;
    }
}
