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

    /** What the ports were asked by the last command. */
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
            ports.calls.clear();
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
            return refused(refusal(code));
        }

        Then refused(ErrorCode code, String argument) {
            return refused(refusal(code, Refusal.of(code, argument).clientMessage()));
        }

        private Then refused(Matcher<Refusal> refusal) {
            result.expectException(refusal).expectNoEvents();
            assertThat(calls())
                    .doesNotContain("destroy binding", "destroy sessions")
                    .noneMatch(
                            call -> call.startsWith("put") || call.startsWith("generate") || call.startsWith("issue"));
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

        /** Throws what the framework itself threw. */
        void rethrow() {
            Throwable[] thrown = new Throwable[1];
            result.expectException(new TypeSafeMatcher<Throwable>() {
                @Override
                protected boolean matchesSafely(Throwable actual) {
                    thrown[0] = actual;
                    return true;
                }

                @Override
                public void describeTo(Description description) {
                    description.appendText("any failure");
                }
            });
            throw (RuntimeException) thrown[0];
        }

        Then alive() {
            result.expectNotMarkedDeleted();
            return this;
        }
    }

    private static Matcher<Refusal> refusal(ErrorCode code) {
        return refusal(code, code.messageTemplate());
    }

    private static Matcher<Refusal> refusal(ErrorCode code, String message) {
        return new TypeSafeMatcher<>() {
            @Override
            protected boolean matchesSafely(Refusal refusal) {
                return refusal.code() == code && refusal.clientMessage().equals(message);
            }

            @Override
            public void describeTo(Description description) {
                description
                        .appendText("a refusal with ")
                        .appendValue(code)
                        .appendText(": ")
                        .appendValue(message);
            }

            @Override
            protected void describeMismatchSafely(Refusal refusal, Description description) {
                description.appendText("was refused with ").appendValue(refusal.code());
            }
        };
    }
}
