package io.belfry.standalone;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Value;
import io.micronaut.core.annotation.NonBlocking;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.HttpMethodMapping;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/// Those rules of CONTRIBUTING.md that a machine can check, over the classes of all modules.
@AnalyzeClasses(
        packages = "io.belfry",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.Written.class})
class ArchitectureTest {
    private static final String CORE = "io.belfry.core..";
    private static final String API = "io.belfry.api..";
    private static final String DISPATCHER = "io.belfry.dispatcher..";
    private static final String GATEWAY = "io.belfry.gateway..";
    private static final String CONSOLE = "io.belfry.console..";
    private static final String STANDALONE = "io.belfry.standalone..";
    private static final String TESTKIT = "io.belfry.testkit..";
    private static final String MIGRATIONS = "io.belfry.migrations..";

    /// Leaves out what Micronaut generates, whose simple names begin with `$`.
    static final class Written implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/$");
        }
    }

    @ArchTest
    static final ArchRule apiMeetsNoOtherRole = meetsOnlyCore(API, DISPATCHER, GATEWAY, CONSOLE);

    @ArchTest
    static final ArchRule dispatcherMeetsNoOtherRole = meetsOnlyCore(DISPATCHER, API, GATEWAY, CONSOLE);

    @ArchTest
    static final ArchRule gatewayMeetsNoOtherRole = meetsOnlyCore(GATEWAY, API, DISPATCHER, CONSOLE);

    @ArchTest
    static final ArchRule consoleMeetsNoOtherRole = meetsOnlyCore(CONSOLE, API, DISPATCHER, GATEWAY);

    @ArchTest
    static final ArchRule coreKnowsNobodyAboveIt = meetsOnlyCore(CORE, API, DISPATCHER, GATEWAY, CONSOLE);

    private static ArchRule meetsOnlyCore(String module, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(STANDALONE, TESTKIT, MIGRATIONS)
                .because("roles meet only at PostgreSQL and Redis, so that each scales and deploys alone");
    }

    @ArchTest
    static final ArchRule coreHasNoHttpServer = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.micronaut.http..",
                    "io.micronaut.web..",
                    "io.micronaut.websocket..",
                    "io.micronaut.security..",
                    "io.netty..")
            .because("a dispatcher needs none");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().assignedFrom(new ByPackage())
            .should()
            .beFreeOfCycles()
            .because("what calls back up cannot be understood alone");

    /// Each package is a slice of its own.
    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().startsWith("io.belfry.")
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    @ArchTest
    static final ArchRule namesAreNounsOfTheDomain = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Service")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .because("such names attract code");

    @ArchTest
    static final ArchRule packagesAreNotDrawers = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..impl..", "..service..")
            .because("a package is a step of the path or a thing of the domain");

    @ArchTest
    static final ArchRule injectionIsByConstructor = noFields()
            .should()
            .beAnnotatedWith(Inject.class)
            .orShould()
            .beAnnotatedWith(Value.class)
            .orShould()
            .beAnnotatedWith(Property.class)
            .because("what a class needs is seen in its constructor, and its fields are final");

    @ArchTest
    static final ArchRule injectionIsNotByMethod = noMethods().should().beAnnotatedWith(Inject.class);

    @ArchTest
    static final ArchRule stateIsNotStatic =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule fieldsAreNotPublic =
            fields().that().areNotStatic().should().notBePublic();

    @ArchTest
    static final ArchRule settingsAreRecords = classes()
            .that()
            .areAnnotatedWith(ConfigurationProperties.class)
            .and()
            .areTopLevelClasses()
            .should()
            .beRecords()
            .andShould()
            .haveSimpleNameEndingWith("Settings");

    @ArchTest
    static final ArchRule eventLoopsAreNotBlocked =
            methods().that().areMetaAnnotatedWith(HttpMethodMapping.class).should(runOnAThreadOfItsOwnOrAnswerLater());

    /// A controller runs on the event loop unless it says otherwise.
    private static ArchCondition<JavaMethod> runOnAThreadOfItsOwnOrAnswerLater() {
        return new ArchCondition<>(
                "be in a class that is marked @ExecuteOn or @NonBlocking, or return a CompletionStage") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean fine = method.getOwner().isAnnotatedWith(ExecuteOn.class)
                        || method.getOwner().isAnnotatedWith(NonBlocking.class)
                        || method.getRawReturnType().isAssignableTo(CompletionStage.class);
                events.add(new SimpleConditionEvent(method, fine, method.getFullName() + " runs on the event loop"));
            }
        };
    }

    @ArchTest
    static final ArchRule controllersAreLeaves = noClasses()
            .should()
            .dependOnClassesThat()
            .areAnnotatedWith(Controller.class)
            .because("nothing calls back up");

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .that()
            .resideInAnyPackage(CORE, API, DISPATCHER)
            .should()
            .callMethodWhere(readsTheSystemClock())
            .because("a test sets the Clock");

    private static DescribedPredicate<JavaCall<?>> readsTheSystemClock() {
        return target(owner(equivalentTo(Instant.class)))
                .and(target(name("now")))
                .and(target(rawParameterTypes(new Class<?>[0])))
                .or(target(owner(equivalentTo(System.class))).and(target(name("currentTimeMillis"))))
                .as("the system's clock is read");
    }

    @ArchTest
    static final ArchRule rolesDoNotPrint = noClasses()
            .that()
            .resideInAnyPackage(CORE, API, DISPATCHER, GATEWAY, CONSOLE)
            .should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule logsGoThroughSlf4j =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

    @ArchTest
    static final ArchRule reactorStaysInside = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("reactor..")
            .because("virtual threads and futures are enough");
}
