package dev.keyledger.api;

import dev.keyledger.api.startup.Keyledger;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.api.startup.StartupFailure;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;

/** The executable: {@code java -jar keyledger.jar}. */
@SpringBootConfiguration
// The data source is opened and migrated before Spring starts, so that a failure there is one sentence. Nothing but the
// protocol reads a body, and nothing but the protocol answers an unknown path.
@EnableAutoConfiguration(
        exclude = {
            DataSourceAutoConfiguration.class,
            FlywayAutoConfiguration.class,
            MultipartAutoConfiguration.class,
            ErrorMvcAutoConfiguration.class
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

    /** Entry point; settings come from arguments, system properties and environment variables. */
    public static void main(String[] arguments) {
        try {
            Map<String, String> properties = System.getProperties().stringPropertyNames().stream()
                    .collect(Collectors.toMap(name -> name, System::getProperty));
            Keyledger node = Keyledger.start(SettingsReader.read(System.getenv(), properties, List.of(arguments)));
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
