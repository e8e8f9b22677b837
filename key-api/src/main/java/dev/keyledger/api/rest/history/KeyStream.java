package dev.keyledger.api.rest.history;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.StreamedBody;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.asof.KeyAsOf;
import dev.keyledger.projection.history.KeyHistories;
import dev.keyledger.projection.history.KeyHistory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * All keys as they were, one a line, read some thousand events at a time; the next part is read while one is sent. Neither rows nor a
 * connection are held while the client takes its time.
 */
final class KeyStream implements StreamedBody {

    private static final int EVENTS = 2_000;

    /** One part: far longer than any takes on a store that can answer at all. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final AuditorLane lane;
    private final KeyHistories histories;
    private final HistoryJson json;
    private final Moments.Asked asked;

    KeyStream(AuditorLane lane, KeyHistories histories, HistoryJson json, Moments.Asked asked) {
        this.lane = lane;
        this.histories = histories;
        this.json = json;
        this.asked = asked;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        FutureTask<List<KeyHistory>> reading = read(null);
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 20);
        for (List<KeyHistory> part = result(reading); !part.isEmpty(); part = result(reading)) {
            reading = read(part.get(part.size() - 1).keyId());
            for (KeyHistory history : part) {
                Optional<KeyAsOf> key = KeyAsOf.of(history, asked.moment(), asked.now());
                if (key.isPresent()) {
                    lines.writeBytes(JSON.writeValueAsBytes(json.key(key.get())));
                    lines.write('\n');
                }
            }
            lines.writeTo(out);
            out.flush();
            lines.reset();
        }
    }

    private FutureTask<List<KeyHistory>> read(@Nullable KeyId after) {
        FutureTask<List<KeyHistory>> reading =
                new FutureTask<>(() -> lane.read(Deadline.in(PATIENCE), () -> histories.following(after, EVENTS)));
        Thread thread = new Thread(reading, "keys-as-of");
        thread.setDaemon(true);
        thread.start();
        return reading;
    }

    private static List<KeyHistory> result(FutureTask<List<KeyHistory>> reading) throws IOException {
        try {
            return reading.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("keys cannot be read", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the node stops");
        }
    }
}
