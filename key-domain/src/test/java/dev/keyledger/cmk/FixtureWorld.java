package dev.keyledger.cmk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.axonframework.test.aggregate.TestExecutor;
import org.hamcrest.CustomTypeSafeMatcher;
import org.hamcrest.Matcher;
import org.jspecify.annotations.Nullable;

/** The framework's test fixture: all events so far given, then one command. */
final class FixtureWorld extends AggregateWorld {

    private final List<Object> history = new ArrayList<>();
    private @Nullable Cmk after;

    FixtureWorld(boolean external) {
        send(birth(external)).ifPresent(failure -> {
            throw new AssertionError(failure);
        });
    }

    @Override
    Optional<Throwable> send(KeyCommand command) {
        AggregateTestFixture<Cmk> fixture = new AggregateTestFixture<>(Cmk.class);
        ports.all().forEach(fixture::registerInjectableResource);
        TestExecutor<Cmk> given = history.isEmpty() ? fixture.givenNoPriorActivity() : fixture.given(history);
        ResultValidator<Cmk> result = given.when(command);
        List<Throwable> failures = new ArrayList<>();
        try {
            result.expectSuccessfulHandlerExecution();
        } catch (AssertionError failed) {
            result.expectException(new Capture<>(Throwable.class, failures::add));
            result.expectNoEvents();
            return Optional.of(failures.get(0));
        }
        result.expectEventsMatching(events(history));
        if (history.get(history.size() - 1) instanceof KeyEvent.KeyDestroyed) {
            result.expectMarkedDeleted();
            after = null;
        } else {
            result.expectState(cmk -> after = cmk);
        }
        return Optional.empty();
    }

    @SuppressWarnings("unchecked") // A list of messages is all that is asked about.
    private static Matcher<? extends List<? super EventMessage<?>>> events(List<Object> into) {
        return (Matcher<? extends List<? super EventMessage<?>>>) (Matcher<?>) new Capture<>(
                List.class,
                messages -> messages.forEach(message -> into.add(((EventMessage<?>) message).getPayload())));
    }

    /** Matches anything and hands it on: the fixture shows what happened to its matchers alone. */
    private static final class Capture<T> extends CustomTypeSafeMatcher<T> {

        private final java.util.function.Consumer<T> into;

        Capture(Class<T> type, java.util.function.Consumer<T> into) {
            super("any " + type.getSimpleName());
            this.into = into;
        }

        @Override
        protected boolean matchesSafely(T actual) {
            into.accept(actual);
            return true;
        }
    }

    @Override
    @Nullable
    Cmk aggregate() {
        return after;
    }

    @Override
    public List<String> events() {
        return history.stream()
                .skip(1)
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }
}
