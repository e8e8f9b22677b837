package dev.keyledger.api.adapter.kafka;

import dev.keyledger.api.adapter.subscriber.Outlet;
import dev.keyledger.api.adapter.subscriber.OutletAwayException;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.extension.event.Start;
import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.feed.FeedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to a topic, in the structured mode of the CloudEvents binding for Kafka, keyed by subject. Of one subject one event is on its way at a time:
 * what is refused is never overtaken by what came after it. Events of other subjects go beside it.
 */
final class KafkaOutlet implements Outlet {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaOutlet.class);

    private static final int MOST = 500;

    /** Between two looks whether the node may go on while nothing arrives. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Duration LONGEST_END = Duration.ofSeconds(1);

    private static final int MOST_CAUSES = 4;

    private static final Header CONTENT_TYPE = new RecordHeader(
            "content-type", (CloudEventForm.MEDIA_TYPE + "; charset=UTF-8").getBytes(StandardCharsets.UTF_8));

    private final Settings.Kafka settings;
    private final CloudEventForm form;
    private @Nullable Producer<String, byte[]> producer;

    KafkaOutlet(Settings.Kafka settings, CloudEventForm form) {
        this.settings = settings;
        this.form = form;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public String kind() {
        return "broker";
    }

    @Override
    public Start start() {
        return Start.BEGINNING;
    }

    @Override
    public int most() {
        return MOST;
    }

    @Override
    public void pass(List<FeedEvent> events, Receipts receipts) throws OutletAwayException, InterruptedException {
        try {
            new Sending(producer(), receipts).all(events);
        } catch (InterruptException ended) {
            // The client sets the flag again, and what follows would trip over it.
            var unused = Thread.interrupted();
            throw new InterruptedException();
        } catch (KafkaException failed) {
            throw new OutletAwayException(kind(failed));
        }
    }

    private Producer<String, byte[]> producer() {
        Producer<String, byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(ProducerSettings.of(settings));
            producer = open;
        }
        return open;
    }

    /** What became of an event that was sent. */
    private record Arrival(FeedEvent event, @Nullable Exception fault) {}

    /** Some events on their way. */
    private final class Sending {

        private final Producer<String, byte[]> to;
        private final Receipts receipts;
        private final Map<String, Deque<FeedEvent>> waiting = new LinkedHashMap<>();

        /** Filled by the client's thread. */
        private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

        private int underWay;
        private @Nullable Exception away;

        Sending(Producer<String, byte[]> to, Receipts receipts) {
            this.to = to;
            this.receipts = receipts;
        }

        void all(List<FeedEvent> events) throws OutletAwayException, InterruptedException {
            for (FeedEvent event : events) {
                waiting.computeIfAbsent(event.subject(), subject -> new ArrayDeque<>())
                        .add(event);
            }
            for (String subject : new ArrayList<>(waiting.keySet())) {
                next(subject);
                takeArrived();
            }
            while (underWay > 0) {
                Arrival arrival = arrivals.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (arrival != null) {
                    take(arrival);
                } else if (!receipts.goOn()) {
                    // What is under way may arrive all the same; it is sent again then.
                    return;
                }
            }
            if (away != null) {
                throw new OutletAwayException(kind(away));
            }
        }

        /** Without waiting: a broker that cannot be reached is asked for one event and not for all. */
        private void takeArrived() {
            for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
                take(arrival);
            }
        }

        private void next(String subject) {
            Deque<FeedEvent> line = waiting.get(subject);
            if (line == null || line.isEmpty() || away != null || !receipts.goOn()) {
                return;
            }
            FeedEvent event = line.remove();
            underWay++;
            // Without a time of its own: a broker refuses those that are far from its clock, and a topic forgets those
            // that are old.
            var unused = to.send(
                    new ProducerRecord<>(
                            settings.topic(), null, null, subject, form.bytes(event), List.of(CONTENT_TYPE)),
                    (where, fault) -> arrivals.add(new Arrival(event, fault)));
        }

        private void take(Arrival arrival) {
            underWay--;
            Exception fault = arrival.fault();
            String subject = arrival.event().subject();
            if (fault == null) {
                receipts.passed(arrival.event());
                next(subject);
            } else if (fault instanceof RecordTooLargeException || fault instanceof RecordBatchTooLargeException) {
                waiting.remove(subject);
                receipts.refused(arrival.event(), fault.getClass().getName(), 1);
            } else if (away == null) {
                away = fault;
            }
        }
    }

    /** Types only: a message may quote what an operator has set. */
    private static String kind(Exception failed) {
        StringBuilder kind = new StringBuilder(failed.getClass().getSimpleName());
        Throwable cause = failed.getCause();
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            kind.append(", ").append(cause.getClass().getSimpleName());
            cause = cause.getCause();
        }
        return kind.length() > MAX_REASON ? kind.substring(0, MAX_REASON) : kind.toString();
    }

    /** Ends the client: whatever it had is void, and the next event begins with a fresh one. */
    @Override
    public void close() {
        Producer<String, byte[]> open = producer;
        producer = null;
        if (open != null) {
            try {
                open.close(LONGEST_END);
            } catch (KafkaException unclean) {
                // It is void all the same.
                LOG.debug("a client did not end well: {}", kind(unclean));
            }
        }
    }
}
