package dev.keyledger.projection.replay;

import dev.keyledger.eventlog.EventJson;
import dev.keyledger.eventlog.EventUpcasters;
import dev.keyledger.projection.StoredEvent;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.Writes;
import dev.keyledger.projection.replay.ReplayedEvent.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.axonframework.eventhandling.AnnotationEventHandlerAdapter;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.EventStreamUtils;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.jspecify.annotations.Nullable;

/** The handlers of the views, the very ones that the service runs, with statements kept instead of sent. Belongs to one thread. */
final class ViewHandlers {

    /** Longest reason that is kept, in characters. */
    private static final int LONGEST_REASON = 300;

    private final Serializer serializer = EventJson.serializer();
    private final EventUpcaster upcasters = EventUpcasters.chain();
    private final List<Write> collected = new ArrayList<>();
    private final List<ViewTable> tables;
    private final List<AnnotationEventHandlerAdapter> handlers;

    /**
     * The handlers of some views.
     *
     * @param views makes the views, which give their statements to what they are made with
     */
    ViewHandlers(Function<Writes, List<TransactionalView>> views) {
        List<TransactionalView> made = views.apply((sql, values) -> collected.add(new Write(sql, values)));
        this.tables = made.stream().map(TransactionalView::table).toList();
        this.handlers = made.stream().map(AnnotationEventHandlerAdapter::new).toList();
    }

    List<ViewTable> tables() {
        return tables;
    }

    /** What all views write for an event; nothing of it if one of them fails. */
    @SuppressWarnings("PMD.AvoidCatchingGenericException") // Whatever it is, it is the event's, and parks its key.
    ReplayedEvent handle(StoredEvent event) {
        collected.clear();
        try {
            DomainEventStream messages =
                    EventStreamUtils.upcastAndDeserializeDomainEvents(Stream.of(event), serializer, upcasters);
            while (messages.hasNext()) {
                handle(messages.next());
            }
            return replayed(event, List.copyOf(collected), null);
        } catch (Exception failed) {
            return replayed(event, List.of(), reason(failed));
        }
    }

    private static ReplayedEvent replayed(StoredEvent event, List<Write> writes, @Nullable String failure) {
        return new ReplayedEvent(
                event.getAggregateIdentifier(), event.globalIndex(), event.getEventIdentifier(), writes, failure);
    }

    private void handle(DomainEventMessage<?> message) throws Exception {
        for (AnnotationEventHandlerAdapter handler : handlers) {
            handler.handle(message);
        }
    }

    /** In one line, of a length that a report can bear. */
    static String reason(Throwable failure) {
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        String line = text.lines()
                .map(String::strip)
                .reduce((one, next) -> one + " " + next)
                .orElse(text);
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
    }
}
