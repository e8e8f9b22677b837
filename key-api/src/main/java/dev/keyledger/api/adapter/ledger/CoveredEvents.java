package dev.keyledger.api.adapter.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;

/**
 * The events one unit of work appends, with the digests by which its audit record covers them (ADR 0007).
 *
 * <p>The digest is SHA-256 over event id, aggregate type, aggregate id, sequence number (decimal), payload type, revision, payload and
 * metadata, each as a four-byte big-endian length and its bytes.
 */
final class CoveredEvents {

    private static final String RESOURCE = CoveredEvents.class.getName();

    private final List<String> ids = new ArrayList<>();
    private final List<byte[]> digests = new ArrayList<>();
    private final Map<String, Long> versions = new LinkedHashMap<>();

    /** What the unit of work has appended so far. */
    static CoveredEvents of(UnitOfWork<?> unitOfWork) {
        return unitOfWork.root().getOrComputeResource(RESOURCE, key -> new CoveredEvents());
    }

    /** Notes events that are being appended in the current unit of work. */
    static void append(List<? extends EventMessage<?>> events, Serializer serializer) {
        CoveredEvents covered = of(CurrentUnitOfWork.get());
        for (EventMessage<?> event : events) {
            covered.add((DomainEventMessage<?>) event, serializer);
        }
    }

    private void add(DomainEventMessage<?> event, Serializer serializer) {
        // The message remembers its serialized form, so these are the bytes that the statement stores.
        SerializedObject<byte[]> payload = event.serializePayload(serializer, byte[].class);
        SerializedObject<byte[]> metaData = event.serializeMetaData(serializer, byte[].class);
        ids.add(event.getIdentifier());
        versions.put(event.getAggregateIdentifier(), event.getSequenceNumber());
        digests.add(digest(
                text(event.getIdentifier()),
                text(event.getType()),
                text(event.getAggregateIdentifier()),
                text(Long.toString(event.getSequenceNumber())),
                text(payload.getType().getName()),
                text(payload.getType().getRevision()),
                payload.getData(),
                metaData.getData()));
    }

    /** Identifiers in the order of appending. */
    List<String> ids() {
        return ids;
    }

    /** Digests in the same order, 32 bytes each. */
    List<byte[]> digests() {
        return digests;
    }

    /** Last sequence number appended per aggregate identifier. */
    Map<String, Long> versions() {
        return versions;
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] digest(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha256.update(ByteBuffer.allocate(4).putInt(part.length).array());
                sha256.update(part);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
