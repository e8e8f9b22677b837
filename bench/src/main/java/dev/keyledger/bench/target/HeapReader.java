package dev.keyledger.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads the heap of a server's JVM after a full collection. The shipped flags let nobody attach, so the server is started with the JVM's own
 * remote management on the loopback address, for this measurement only.
 *
 * @param port TCP port of the management
 */
public record HeapReader(int port) {

    /** A reader whose port was free a moment ago. */
    public static HeapReader onFreePort() {
        return new HeapReader(Ports.free());
    }

    /** Flags with which the server must be started. */
    public List<String> flags() {
        String prefix = "-Dcom.sun.management.jmxremote";
        return List.of(
                prefix + ".port=" + port,
                prefix + ".rmi.port=" + port,
                prefix + ".host=127.0.0.1",
                prefix + ".authenticate=false",
                prefix + ".ssl=false",
                "-Djava.rmi.server.hostname=127.0.0.1");
    }

    /** Collects garbage and answers what is left, in MiB. */
    @SuppressWarnings("BanJNDI") // A server that we started ourselves, on the loopback address.
    public double mebibytesAfterCollection() {
        try (JMXConnector connector = JMXConnectorFactory.connect(
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi"))) {
            MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                    connector.getMBeanServerConnection(), ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
            // Twice: what the first collection finds unreachable may have cleaners that release more.
            memory.gc();
            memory.gc();
            return memory.getHeapMemoryUsage().getUsed() / 1048576.0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
