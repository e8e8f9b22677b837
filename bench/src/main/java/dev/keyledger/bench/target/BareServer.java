package dev.keyledger.bench.target;

import jakarta.servlet.http.HttpServlet;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * The service's container with one servlet in it and nothing else: same web server, same settings (the service's own
 * {@code application.properties}), no filters.
 */
final class BareServer {

    private BareServer() {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(TomcatServletWebServerAutoConfiguration.class)
    static class WebServer {}

    /** Serves on the loopback address until the process ends. */
    static void serve(int port, HttpServlet servlet) {
        SpringApplication application = new SpringApplication(WebServer.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setLogStartupInfo(false);
        application.addInitializers(context -> {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(
                            new MapPropertySource("bench", Map.of("server.port", port, "server.address", "127.0.0.1")));
            ((GenericApplicationContext) context)
                    .registerBean(
                            "servlet",
                            ServletRegistrationBean.class,
                            () -> new ServletRegistrationBean<>(servlet, "/*"));
        });
        application.run();
    }
}
