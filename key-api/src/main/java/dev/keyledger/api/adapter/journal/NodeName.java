package dev.keyledger.api.adapter.journal;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Name of this node in audit records and heartbeats: host name and process id.
 *
 * @param value not empty
 */
public record NodeName(String value) {

    /** The name of this process. */
    public static NodeName ofThisProcess() {
        return new NodeName(hostName() + "/" + ProcessHandle.current().pid());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            // A host that cannot resolve its own name still has a process id that tells its nodes apart.
            return "localhost";
        }
    }
}
