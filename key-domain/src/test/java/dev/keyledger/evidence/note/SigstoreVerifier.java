package dev.keyledger.evidence.note;

import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.TreeHash;
import dev.sigstore.rekor.client.ImmutableInclusionProof;
import dev.sigstore.rekor.client.ImmutableRekorEntry;
import dev.sigstore.rekor.client.ImmutableVerification;
import dev.sigstore.rekor.client.RekorVerificationException;
import dev.sigstore.rekor.client.RekorVerifier;
import dev.sigstore.trustroot.ImmutableLogId;
import dev.sigstore.trustroot.ImmutablePublicKey;
import dev.sigstore.trustroot.ImmutableTransparencyLog;
import dev.sigstore.trustroot.ImmutableValidFor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.security.Security;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * The verifier of {@code dev.sigstore:sigstore-java} for a log of ours. It takes the log's host name for the name of its key and four bytes of
 * the log's id for the key's. It adds a security provider to the whole process; {@link #close} takes that away again, so that no other test
 * sees it.
 */
public final class SigstoreVerifier implements AutoCloseable {

    /** RFC 8410: what comes before the 32 bytes of a key. */
    private static final byte[] SUBJECT_PUBLIC_KEY_INFO = HexFormat.of().parseHex("302a300506032b6570032100");

    /** What its classes added when they were loaded, which they do once. */
    private static final List<Provider> ADDED = new ArrayList<>();

    private final List<Provider> before = List.of(Security.getProviders());
    private final VerifierKey key;

    /** For the log of this key. */
    public SigstoreVerifier(VerifierKey key) {
        this.key = key;
        ADDED.forEach(Security::addProvider);
    }

    /**
     * Verifies a record.
     *
     * @param root head of the tree
     * @param checkpoint signed note
     * @throws RekorVerificationException if it does not verify
     */
    public void verify(byte[] record, InclusionProof proof, TreeHash root, String checkpoint)
            throws RekorVerificationException {
        byte[] logId = ByteBuffer.allocate(32).putInt(key.id()).array();
        byte[] encoded = ByteBuffer.allocate(SUBJECT_PUBLIC_KEY_INFO.length + Ed25519.PUBLIC_KEY_BYTES)
                .put(SUBJECT_PUBLIC_KEY_INFO)
                .put(key.publicKey())
                .array();
        RekorVerifier verifier = RekorVerifier.newRekorVerifier(List.of(ImmutableTransparencyLog.builder()
                .baseUrl(URI.create("https://" + key.name()))
                .hashAlgorithm("SHA2_256")
                .logId(ImmutableLogId.builder().keyId(logId).build())
                .publicKey(ImmutablePublicKey.builder()
                        .rawBytes(encoded)
                        .keyDetails("PKIX_ED25519")
                        .validFor(
                                ImmutableValidFor.builder().start(Instant.EPOCH).build())
                        .build())
                .build()));
        verifier.verifyEntry(ImmutableRekorEntry.builder()
                .body(Base64.getEncoder().encodeToString(record))
                .integratedTime(0)
                .logID(HexFormat.of().formatHex(logId))
                .logIndex(proof.index())
                .verification(ImmutableVerification.builder()
                        .inclusionProof(ImmutableInclusionProof.builder()
                                .logIndex(proof.index())
                                .treeSize(proof.size())
                                .addAllHashes(
                                        proof.path().stream().map(TreeHash::hex).toList())
                                .rootHash(root.hex())
                                .checkpoint(checkpoint)
                                .build())
                        .build())
                .build());
    }

    @Override
    public void close() {
        for (Provider provider : Security.getProviders()) {
            if (!before.contains(provider)) {
                if (!ADDED.contains(provider)) {
                    ADDED.add(provider);
                }
                Security.removeProvider(provider.getName());
            }
        }
    }
}
