package dev.keyledger.api.protocol;

import dev.keyledger.api.auth.Authenticator;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.api.auth.ClientAddress;
import dev.keyledger.api.auth.RequestTimes;
import dev.keyledger.api.limits.Admission;
import dev.keyledger.api.limits.Limits;
import dev.keyledger.api.metrics.RequestMetrics;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/** The dispatcher on a real web server, with operations of the test's own and ports kept in memory. */
final class ProtocolServer implements AutoCloseable {

    static final Instant NOW = Instant.parse("2018-03-30T08:15:30Z");
    static final Instant DRIVEN = Instant.parse("2018-05-01T00:00:00Z");

    final RecordingAudit audit = new RecordingAudit();
    final MemoryAccessKeys accessKeys = new MemoryAccessKeys(audit);
    final List<String> asked = new CopyOnWriteArrayList<>();
    final Quarantine quarantine = new Quarantine(new SimpleMeterRegistry());
    private final Tomcat tomcat = new Tomcat();
    volatile boolean deny;

    ProtocolServer(Operation... operations) throws Exception {
        this(Limits.DEFAULT, operations);
    }

    ProtocolServer(Limits limits, Operation... operations) throws Exception {
        Path base = Files.createTempDirectory("keyledger-protocol");
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.setHostname("127.0.0.1");
        Connector connector = tomcat.getConnector();
        connector.setProperty("address", "127.0.0.1");
        ((AbstractHttp11Protocol<?>) connector.getProtocolHandler()).setMaxHttpRequestHeaderSize(128 * 1024);
        Context context = tomcat.addContext("", base.toString());
        ProtocolServlet servlet = new ProtocolServlet(new Dispatcher(
                new OperationRegistry(List.of(operations)),
                new Authenticator(accessKeys, new FixedTimes(), false, new SecureRandom()),
                this::authorise,
                audit,
                new ResponseEncoder(),
                new ClientAddress(List.of("127.0.0.1")),
                new Admission(limits),
                quarantine,
                new RequestMetrics(new SimpleMeterRegistry(), List.of())));
        Wrapper wrapper = Tomcat.addServlet(context, "protocol", servlet);
        wrapper.addMapping("");
        wrapper.addMapping("/");
        tomcat.start();
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    private void authorise(Caller caller, String action, String resource) {
        asked.add(action + " " + resource);
        if (deny) {
            throw Refusal.of(ErrorCode.NO_PERMISSION);
        }
    }

    private static final class FixedTimes implements RequestTimes {

        @Override
        public Instant machineNow() {
            return NOW;
        }

        @Override
        public Instant storeNow() {
            return DRIVEN;
        }
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }
}
