package dev.keyledger.api.rest;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** A few answers are streams at a time: each holds a thread of the server for as long as its client likes. Thread-safe. */
@Component
public class StreamLane {

    private static final int PLACES = 8;

    /** Between the look for a place and the sending, others may have taken it. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Semaphore places = new Semaphore(PLACES, true);

    /**
     * The same body, which keeps a place while it is sent.
     *
     * @throws Refusal {@code THROTTLING} if there is none now
     */
    public StreamedBody body(StreamedBody body) {
        if (places.availablePermits() == 0) {
            throw full();
        }
        return out -> {
            take();
            try {
                body.writeTo(out);
            } finally {
                places.release();
            }
        };
    }

    private void take() throws IOException {
        try {
            if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw full();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("the node stops", interrupted);
        }
    }

    private static Refusal full() {
        return Refusal.of(ErrorCode.THROTTLING).because("too many streams at a time");
    }
}
