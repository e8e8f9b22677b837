package dev.keyledger.api.adapter.ledger;

import dev.keyledger.api.adapter.ledger.DeletionLedger.Destruction;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.evidence.DeletionLedgerEntry.Cause;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;

/** The events one unit of work appends, with the {@linkplain EventDigests digests} by which its audit record covers them. */
final class CoveredEvents {

    private static final String RESOURCE = CoveredEvents.class.getName();

    private final List<String> ids = new ArrayList<>();
    private final List<byte[]> digests = new ArrayList<>();
    private final Map<String, Long> versions = new LinkedHashMap<>();
    private final List<Destruction> destructions = new ArrayList<>();

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
        byte[] digest = EventDigests.of(
                text(event.getIdentifier()),
                text(event.getType()),
                text(event.getAggregateIdentifier()),
                text(Long.toString(event.getSequenceNumber())),
                text(payload.getType().getName()),
                text(payload.getType().getRevision()),
                payload.getData(),
                metaData.getData());
        digests.add(digest);
        noteDestruction(event, HexFormat.of().formatHex(digest));
    }

    private void noteDestruction(DomainEventMessage<?> event, String digest) {
        if (event.getPayload() instanceof KeyEvent.KeyMaterialDeleted gone) {
            destructions.add(new Destruction(
                    Cause.DELETED,
                    gone.keyId().value(),
                    gone.versionId().value().toString(),
                    gone.at(),
                    event.getIdentifier(),
                    digest));
        } else if (event.getPayload() instanceof KeyEvent.KeyMaterialExpired gone) {
            destructions.add(new Destruction(
                    Cause.EXPIRED,
                    gone.keyId().value(),
                    gone.versionId().value().toString(),
                    gone.at(),
                    event.getIdentifier(),
                    digest));
        } else if (event.getPayload() instanceof KeyEvent.KeyDestroyed gone) {
            destructions.add(new Destruction(
                    Cause.DESTROYED, gone.keyId().value(), null, gone.at(), event.getIdentifier(), digest));
        }
    }

    /** Which of them destroy material. */
    List<Destruction> destructions() {
        return destructions;
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
}
