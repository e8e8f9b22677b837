package dev.keyledger.api.proof;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A proof that needs a program which a machine with a JDK and Maven may lack. Where it is absent the proof is listed by name as not run, and
 * with {@code KEYLEDGER_REQUIRE_PROGRAMS=true} its absence is a failure.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ForeignProgramCondition.class)
@interface ForeignProgram {

    /** Names of the programs, as the shell finds them. */
    String[] value();
}
