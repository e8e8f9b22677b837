package dev.keyledger.api.proof;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Lets a proof run where its programs are, and says by name which proof did not run where they are not. */
final class ForeignProgramCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> absent = context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, ForeignProgram.class))
                .map(needed -> Stream.of(needed.value())
                        .filter(program -> find(program).isEmpty())
                        .toList())
                .orElse(List.of());
        if (absent.isEmpty()) {
            return ConditionEvaluationResult.enabled("all programs are there");
        }
        if ("true".equals(System.getenv("KEYLEDGER_REQUIRE_PROGRAMS"))) {
            // The body would fail without its program; letting it run makes the absence a failure under the proof's own
            // name.
            return ConditionEvaluationResult.enabled("programs are required");
        }
        String name = context.getTestClass().map(Class::getSimpleName).orElse("")
                + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
        String sentence = "NOT RUN: " + name + " (no " + String.join(", ", absent) + " on this machine)";
        System.out.println(sentence);
        return ConditionEvaluationResult.disabled(sentence);
    }

    /** Where the shell would find this program. */
    static Optional<Path> find(String program) {
        String path = System.getenv("PATH");
        return path == null
                ? Optional.empty()
                : Stream.of(path.split(File.pathSeparator, -1))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, program))
                        .filter(Files::isExecutable)
                        .findFirst();
    }
}
