package dev.keyledger;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyEvent;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** What keeps the domain free of its surroundings. A rule that matches no class fails. */
@AnalyzeClasses(packages = "dev.keyledger", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule no_spring_no_sql = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework..", "java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..");

    @ArchTest
    static final ArchRule only_aggregates_saga_and_event_log_know_the_framework = noClasses()
            .that()
            .resideOutsideOfPackages("dev.keyledger.cmk", "dev.keyledger.alias", "dev.keyledger.eventlog")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.axonframework..");

    @ArchTest
    static final ArchRule within_a_feature_only_the_aggregate_and_the_saga_know_more_than_two_annotations = noClasses()
            .that()
            .resideInAnyPackage("dev.keyledger.cmk", "dev.keyledger.alias")
            .and(describe(
                    "are neither aggregate nor saga",
                    type -> !Set.of("Cmk", "KeyLifecycleSaga", "Alias").contains(type.getSimpleName())))
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.axonframework..")
                    .and(DescribedPredicate.not(
                            simpleName("TargetAggregateIdentifier").or(simpleName("Revision")))));

    @ArchTest
    static final ArchRule keys_aliases_and_their_ports_know_no_json = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.keyledger.cmk",
                    "dev.keyledger.alias",
                    "dev.keyledger.importing",
                    "dev.keyledger.material",
                    "dev.keyledger.refusal",
                    "dev.keyledger.time")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("tools.jackson..", "com.fasterxml..");

    @ArchTest
    static final ArchRule the_tree_and_its_notes_know_java_alone = classes()
            .that()
            .resideInAnyPackage("dev.keyledger.evidence.tree", "dev.keyledger.evidence.note")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.jspecify..", "dev.keyledger.evidence.tree", "dev.keyledger.evidence.note");

    @ArchTest
    static final ArchRule what_extensions_compile_against_knows_java_alone = classes()
            .that()
            .resideInAPackage("dev.keyledger.extension..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.keyledger.extension..");

    @ArchTest
    static final ArchRule the_tree_knows_nobody_who_signs_it = noClasses()
            .that()
            .resideInAPackage("dev.keyledger.evidence.tree")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.keyledger.evidence.note");

    @ArchTest
    static final ArchRule nothing_in_the_domain_depends_on_how_it_is_stored = noClasses()
            .that()
            .resideOutsideOfPackage("dev.keyledger.eventlog")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.keyledger.eventlog");

    @ArchTest
    static final ArchRule no_randomness_that_can_be_foretold = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ThreadLocalRandom.class, java.util.SplittableRandom.class)
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(java.util.Random.class)
            .orShould()
            .callConstructor(java.util.Random.class, long.class);

    @ArchTest
    static final ArchRule no_clock_but_the_port = noClasses()
            .should()
            .callMethodWhere(describe(
                    "reads a clock of the machine",
                    (JavaCall<?> call) ->
                            call.getTarget().getOwner().getPackageName().startsWith("java.time")
                                    && call.getTarget().getName().equals("now")))
            .orShould()
            .callMethodWhere(describe(
                    "reads a clock of the machine",
                    (JavaCall<?> call) -> call.getTarget().getOwner().isEquivalentTo(System.class)
                            && Set.of("currentTimeMillis", "nanoTime")
                                    .contains(call.getTarget().getName())))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class);

    @ArchTest
    static final ArchRule commands_and_events_are_records = classes()
            .that()
            .areAssignableTo(KeyCommand.class)
            .or()
            .areAssignableTo(KeyEvent.class)
            .should()
            .beRecords()
            .orShould()
            .beInterfaces();

    @ArchTest
    static final ArchRule no_package_without_a_subject =
            noClasses().should().resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..");
}
