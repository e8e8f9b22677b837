package dev.keyledger.api;

import dev.keyledger.api.cli.CommandLineTool;
import dev.keyledger.api.startup.Keyledger;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.api.startup.StartupFailure;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.actuate.endpoint.web.WebMvcHealthEndpointExtensionAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;

/** The executable: {@code java -jar keyledger.jar}. */
@SpringBootConfiguration
// The framework's parts that a node has, by name: looking for all it could have takes a good part of a start, and a
// part that is not named
// here can neither open an endpoint nor put a filter before every request. The data source is opened and migrated
// before Spring
// starts, so that a failure there is one sentence.
@ImportAutoConfiguration({
    ApplicationAvailabilityAutoConfiguration.class,
    AvailabilityHealthContributorAutoConfiguration.class,
    AvailabilityProbesAutoConfiguration.class,
    ConfigurationPropertiesAutoConfiguration.class,
    DataSourceHealthContributorAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    EndpointAutoConfiguration.class,
    HealthContributorAutoConfiguration.class,
    HealthContributorRegistryAutoConfiguration.class,
    HealthEndpointAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    JacksonEndpointAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    LifecycleAutoConfiguration.class,
    ManagementContextAutoConfiguration.class,
    ServletManagementContextAutoConfiguration.class,
    SslAutoConfiguration.class,
    TomcatServletWebServerAutoConfiguration.class,
    TransactionAutoConfiguration.class,
    WebEndpointAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    WebMvcHealthEndpointExtensionAutoConfiguration.class
})
@ComponentScan(
        basePackages = {"dev.keyledger.api", "dev.keyledger.projection"},
        // Another application in these packages (tests have small ones) is no part of this one.
        excludeFilters = @ComponentScan.Filter(SpringBootConfiguration.class))
public class KeyledgerApplication {

    private static final int EXIT_FAILED = 1;

    static {
        // Nothing phones home: the framework's update check and its start banner are off whatever an operator's
        // configuration says.
        System.setProperty("axoniq.update-checker.disabled", "true");
        System.setProperty("disable-axoniq-console-message", "true");
    }

    /**
     * Entry point. The first argument may be a command; without one, or with {@code serve}, this is the service, whose settings come from
     * arguments, system properties and environment variables.
     */
    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        if (CommandLineTool.isFor(words)) {
            System.exit(CommandLineTool.run(words));
        }
        serve(words.isEmpty() || !words.get(0).equals("serve") ? words : words.subList(1, words.size()));
    }

    private static void serve(List<String> settings) {
        try {
            Map<String, String> properties = System.getProperties().stringPropertyNames().stream()
                    .collect(Collectors.toMap(name -> name, System::getProperty));
            Keyledger node = Keyledger.start(SettingsReader.read(System.getenv(), properties, settings));
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        } catch (StartupFailure failure) {
            System.err.println("Keyledger cannot start. " + failure.getMessage());
            System.exit(EXIT_FAILED);
        } catch (RuntimeException unexpected) {
            System.err.println("Keyledger cannot start because of a fault in itself; please report what follows.");
            unexpected.printStackTrace();
            System.exit(EXIT_FAILED);
        }
    }
}
