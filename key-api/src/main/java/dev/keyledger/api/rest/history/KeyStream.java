package dev.keyledger.api.rest.history;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.StreamedBody;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.asof.KeyAsOf;
import dev.keyledger.projection.asof.KeysAsOf;
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
    private final KeysAsOf keys;
    private final HistoryJson json;
    private final Moments.Asked asked;

    KeyStream(AuditorLane lane, KeysAsOf keys, HistoryJson json, Moments.Asked asked) {
        this.lane = lane;
        this.keys = keys;
        this.json = json;
        this.asked = asked;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        FutureTask<List<KeysAsOf.Seen>> reading = read(null);
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 20);
        for (List<KeysAsOf.Seen> part = result(reading); !part.isEmpty(); part = result(reading)) {
            reading = read(part.get(part.size() - 1).history().keyId());
            for (KeysAsOf.Seen seen : part) {
                Optional<KeyAsOf> key = seen.key();
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

    private FutureTask<List<KeysAsOf.Seen>> read(@Nullable KeyId after) {
        FutureTask<List<KeysAsOf.Seen>> reading = new FutureTask<>(() ->
                lane.read(Deadline.in(PATIENCE), () -> keys.following(after, EVENTS, asked.moment(), asked.now())));
        Thread thread = new Thread(reading, "keys-as-of");
        thread.setDaemon(true);
        thread.start();
        return reading;
    }

    private static List<KeysAsOf.Seen> result(FutureTask<List<KeysAsOf.Seen>> reading) throws IOException {
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
