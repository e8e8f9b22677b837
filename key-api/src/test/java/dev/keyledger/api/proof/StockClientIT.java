package dev.keyledger.api.proof;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vendor's stock clients, unchanged but for their endpoint, each walk the whole life of a key against the running jar. */
class StockClientIT {

    private static KeyledgerProcess node;

    /** Of the packages that all clients for Node share; they take longer to install than a walk. */
    private static @Nullable Path installation;

    @TempDir
    private static Path packages;

    @BeforeAll
    static void start(@TempDir Path directory) {
        node = KeyledgerProcess.in(directory.resolve("node"))
                .with("KEYLEDGER_TEST_CLOCK", "true")
                .start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void walk(KmsClient client) {
        try (client) {
            new KeyLife(client, new DrivenClock(node)).walk();
        }
    }

    @Test
    void the_java_client_of_2018_walks_by_get_and_xml() {
        walk(new CoreSdkClient("aliyun-java-sdk-kms 2.5.0", "sdk-core-2018", node.endpoint(), node.accessKey()));
    }

    @Test
    void the_classic_java_client_walks() {
        walk(new CoreSdkClient("aliyun-java-sdk-kms 2.16.6", "sdk-core", node.endpoint(), node.accessKey()));
    }

    @Test
    void the_newer_java_client_walks_by_signature_v3() {
        walk(new TeaSdkClient(node.endpoint(), node.accessKey()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pop-core POST", "pop-core GET", "kms20160120"})
    @Tag("node")
    @ForeignProgram({"node", "npm"})
    void the_node_client_walks(String library) {
        if (installation == null) {
            installation = NodeSdkClient.install(packages);
        }
        walk(new NodeSdkClient(library, installation, node.endpoint(), node.accessKey()));
    }
}
