package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.List;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.hamcrest.Description;
import org.hamcrest.Matcher;
import org.hamcrest.TypeSafeMatcher;

/** "Given these events, when this command, expect": one scenario on a key with in-memory ports. */
final class CmkFixture {

    final KeyPorts ports = new KeyPorts();

    /** What the ports were asked in the scenario. */
    List<String> calls() {
        return ports.calls;
    }

    Given given(List<Object> history) {
        return new Given(history);
    }

    Given givenNothing() {
        return new Given(List.of());
    }

    final class Given {

        private final List<Object> history;

        private Given(List<Object> history) {
            this.history = history;
        }

        Then when(KeyCommand command) {
            AggregateTestFixture<Cmk> fixture = new AggregateTestFixture<>(Cmk.class);
            ports.all().forEach(fixture::registerInjectableResource);
            return new Then(
                    history.isEmpty()
                            ? fixture.givenNoPriorActivity().when(command)
                            : fixture.given(history).when(command));
        }
    }

    final class Then {

        private final ResultValidator<Cmk> result;

        private Then(ResultValidator<Cmk> result) {
            this.result = result;
        }

        /** Success with exactly these events. */
        Then events(Object... events) {
            result.expectSuccessfulHandlerExecution().expectEvents(events);
            return this;
        }

        /** Success without an event. */
        Then nothingHappened() {
            result.expectSuccessfulHandlerExecution().expectNoEvents();
            return this;
        }

        Then succeeded() {
            result.expectSuccessfulHandlerExecution();
            return this;
        }

        Then answered(Object answer) {
            result.expectResultMessagePayload(answer);
            return this;
        }

        /** Refused with the code, and nothing stored, destroyed or issued. */
        Then refused(ErrorCode code) {
            result.expectException(refusal(code)).expectNoEvents();
            assertThat(calls())
                    .doesNotContain("destroy binding", "destroy sessions")
                    .noneMatch(
                            call -> call.startsWith("put") || call.startsWith("generate") || call.startsWith("issue"));
            return this;
        }

        Then refused(ErrorCode code, String argument) {
            refused(code);
            result.expectException(refusal(code, Refusal.of(code, argument).clientMessage()));
            return this;
        }

        Then because(String reason) {
            result.expectException(new TypeSafeMatcher<Refusal>() {
                @Override
                protected boolean matchesSafely(Refusal refusal) {
                    return refusal.reason().equals(reason);
                }

                @Override
                public void describeTo(Description description) {
                    description.appendText("a refusal because ").appendValue(reason);
                }
            });
            return this;
        }

        Then gone() {
            result.expectMarkedDeleted();
            return this;
        }

        Then alive() {
            result.expectNotMarkedDeleted();
            return this;
        }
    }

    static Matcher<Refusal> refusal(ErrorCode code) {
        return refusal(code, Refusal.of(code).clientMessage(), false);
    }

    static Matcher<Refusal> refusal(ErrorCode code, String message) {
        return refusal(code, message, true);
    }

    private static Matcher<Refusal> refusal(ErrorCode code, String message, boolean compareMessage) {
        return new TypeSafeMatcher<>() {
            @Override
            protected boolean matchesSafely(Refusal refusal) {
                return refusal.code() == code
                        && (!compareMessage || refusal.clientMessage().equals(message));
            }

            @Override
            public void describeTo(Description description) {
                description.appendText("a refusal with ").appendValue(code);
            }

            @Override
            protected void describeMismatchSafely(Refusal refusal, Description description) {
                description.appendText("was refused with ").appendValue(refusal.code());
            }
        };
    }
}
