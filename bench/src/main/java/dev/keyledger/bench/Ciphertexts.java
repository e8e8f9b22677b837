package dev.keyledger.bench;

import dev.keyledger.bench.load.ClosedLoops;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.Measured;
import dev.keyledger.bench.load.RequestSource;
import dev.keyledger.bench.load.SignedTemplate;
import dev.keyledger.bench.load.SignedTemplate.Value;
import dev.keyledger.bench.target.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One ciphertext of each key, asked for through the front door. */
final class Ciphertexts {

    private static final int CONNECTIONS = 32;

    private Ciphertexts() {}

    /** In no particular order. */
    static List<String> of(NodeProcess node, ClosedLoops loops, List<String> keyIds) {
        KmsClient client = new KmsClient(node.endpoint(), node.accessKey());
        List<String> blobs = new ArrayList<>(keyIds.size());
        // One thread drives all connections, so the next key and the list of answers need no lock.
        int[] next = new int[1];
        Measured measured = loops.run(
                node.endpoint(), node.accessKey(), CONNECTIONS, Duration.ofMinutes(20), number -> new RequestSource() {

                    private final SignedTemplate template = client.template(
                            "Encrypt", Map.of("KeyId", SignedTemplate.OPEN, "Plaintext", UseAction.PLAINTEXT));

                    @Override
                    public @Nullable SignedTemplate next() {
                        return next[0] == keyIds.size() ? null : template.with(Value.of(keyIds.get(next[0]++)));
                    }

                    @Override
                    public boolean keepsAnswers() {
                        return true;
                    }

                    @Override
                    public void answered(String body) {
                        blobs.add(KmsClient.member("CiphertextBlob", body));
                    }
                });
        if (measured.faults() > 0) {
            throw new IllegalStateException("Encrypt: " + measured.firstFault());
        }
        return blobs;
    }
}
