package dev.keyledger.api.rest;

import dev.keyledger.api.auth.Authoriser;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.api.auth.RequestTimes;
import dev.keyledger.api.limits.Limits;
import dev.keyledger.api.limits.LimitsConfiguration;
import dev.keyledger.api.metrics.MetricsConfiguration;
import dev.keyledger.api.protocol.MemoryAccessKeys;
import dev.keyledger.api.protocol.RecordingAudit;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The web layer as the executable puts it together, with ports kept in memory and endpoints of the test's own. */
final class RestServer implements AutoCloseable {

    static final Instant NOW = Instant.parse("2018-03-30T08:15:30Z");

    /** Without it the executable's own scan of this package would find the endpoints. */
    private static final String PROFILE = "endpoints-of-the-test";

    private final ConfigurableApplicationContext context;

    private RestServer(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static RestServer start(String... trustedProxies) {
        SpringApplication application = new SpringApplication(Web.class);
        application.setRegisterShutdownHook(false);
        application.setAdditionalProfiles(PROFILE);
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean(Settings.class, () -> settings(List.of(trustedProxies))));
        return new RestServer(application.run(
                "--server.port=0",
                "--server.address=127.0.0.1",
                // There is no database here whose health could count.
                "--management.endpoint.health.group.readiness.include=readinessState"));
    }

    int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    RecordingAudit audit() {
        return context.getBean(RecordingAudit.class);
    }

    MemoryAccessKeys accessKeys() {
        return context.getBean(MemoryAccessKeys.class);
    }

    Permission permission() {
        return context.getBean(Permission.class);
    }

    @Override
    public void close() {
        context.close();
    }

    private static Settings settings(List<String> trustedProxies) {
        return new Settings(
                Path.of("unused"),
                0,
                InetAddress.getLoopbackAddress(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                trustedProxies,
                false,
                30,
                NoticeLadder.DEFAULT,
                true,
                false,
                Limits.DEFAULT,
                Settings.TransparencyLog.DEFAULT,
                Settings.Events.DEFAULT,
                Settings.Webhooks.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    /** Allows until it is told to deny. */
    static final class Permission implements Authoriser {

        volatile boolean deny;

        @Override
        public void authorise(Caller caller, String action, String resource) {
            if (deny) {
                throw Refusal.of(ErrorCode.NO_PERMISSION);
            }
        }
    }

    /** No stereotype: the executable's own scan of this package must not find it. */
    @EnableAutoConfiguration(
            exclude = {
                DataSourceAutoConfiguration.class,
                FlywayAutoConfiguration.class,
                MultipartAutoConfiguration.class,
                ErrorMvcAutoConfiguration.class
            })
    @ComponentScan("dev.keyledger.api.protocol")
    @Import({
        RestConfiguration.class,
        MetricsConfiguration.class,
        LimitsConfiguration.class,
        Quarantine.class,
        RestGate.class,
        StreamedBodyWriter.class,
        RestFallback.class,
        OptionsMapping.class,
        Endpoints.class
    })
    static class Web {

        @Bean
        RecordingAudit audit() {
            return new RecordingAudit();
        }

        @Bean
        MemoryAccessKeys accessKeys(RecordingAudit audit) {
            return new MemoryAccessKeys(audit);
        }

        @Bean
        Permission permission() {
            return new Permission();
        }

        @Bean
        SecureRandom random() {
            return new SecureRandom();
        }

        @Bean
        RequestTimes times() {
            return new RequestTimes() {
                @Override
                public Instant machineNow() {
                    return NOW;
                }

                @Override
                public Instant storeNow() {
                    return NOW;
                }
            };
        }
    }

    @RestController
    @Profile(PROFILE)
    static class Endpoints {

        private final RestGate gate;

        Endpoints(RestGate gate) {
            this.gate = gate;
        }

        @GetMapping("/v1/things/{id}")
        ResponseEntity<?> read(HttpServletRequest request) {
            return gate.run(
                    request,
                    "GetThing",
                    "thing",
                    call -> ResponseEntity.ok(Map.of("by", call.caller().principal(), "q", call.query("q"))));
        }

        /** Sends more than the server keeps, and then comes to an end or breaks. */
        @GetMapping("/v1/streams/{end}")
        ResponseEntity<?> stream(HttpServletRequest request, @PathVariable("end") String end) {
            return gate.run(
                    request,
                    "GetStream",
                    "stream",
                    call -> ResponseEntity.ok()
                            .contentType(MediaType.TEXT_PLAIN)
                            .body((StreamedBody) out -> {
                                out.write("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
                                out.flush();
                                if (end.equals("broken")) {
                                    throw new IllegalStateException("secret in a message");
                                }
                            }));
        }

        @PostMapping("/v1/things")
        ResponseEntity<?> create(HttpServletRequest request) {
            return gate.run(request, "CreateThing", "*", call -> {
                if (call.json().path("broken").asBoolean(false)) {
                    throw new IllegalStateException("secret in a message");
                }
                return ResponseEntity.status(201)
                        .body(Map.of("name", call.json().path("name").stringValue("")));
            });
        }
    }
}
