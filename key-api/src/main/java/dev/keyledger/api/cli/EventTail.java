package dev.keyledger.api.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads events, a stream of them or as many as there are. What was shown is not shown again after a cut. */
final class EventTail {

    /** The server says something every fifteen seconds; who has heard nothing for so long hears nothing any more. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(45);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private static final int PAGE = 1_000;

    private static final Pattern NEXT = Pattern.compile("[?&]after=([0-9.]+)");

    private final ServerClient client;
    private final Map<String, String> query;
    private final EventLines lines;
    private final PrintWriter err;
    private Duration pause = Duration.ZERO;
    private @Nullable String lastEventId;

    EventTail(ServerClient client, Map<String, String> query, EventLines lines, PrintWriter err) {
        this.client = client;
        this.query = query;
        this.lines = lines;
        this.err = err;
    }

    /** Shows the events there are, by pages. */
    void whatThereIs() {
        Map<String, String> next = new TreeMap<>(query);
        // What is said of streams alone.
        next.remove("from", "beginning");
        if (next.remove("from", "now")) {
            return;
        }
        next.put("limit", Integer.toString(PAGE));
        while (!lines.isFull()) {
            ServerClient.Page page = client.page(EventsCommand.EVENTS, next);
            for (JsonNode event : page.body()) {
                if (!lines.isFull()) {
                    lines.show(event);
                }
            }
            Matcher link = NEXT.matcher(page.next());
            if (!link.find() || isEnd(link.group(1))) {
                return;
            }
            next.put("after", link.group(1));
        }
    }

    /** The position behind a whole record is given only where nothing was left to read. */
    private static boolean isEnd(String position) {
        return position.endsWith(".999");
    }

    /**
     * Shows events as they happen, until there are as many as were wanted.
     *
     * @param firstPause before it comes back, as long as the server has not said how long
     */
    void follow(Duration firstPause) {
        pause = firstPause;
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "silence");
            thread.setDaemon(true);
            return thread;
        });
        try {
            boolean known = false;
            while (!lines.isFull()) {
                try (InputStream stream = client.events(EventsCommand.EVENTS + "/stream", query, lastEventId)) {
                    known = true;
                    read(stream, watch);
                } catch (IOException cut) {
                    // The connection, and nothing else: the position is known.
                } catch (NoAnswerException none) {
                    retryOrThrow(none, known);
                } catch (ServerRefusal refused) {
                    retryOrThrow(
                            refused,
                            known && (refused.status() == TOO_MANY_REQUESTS || refused.status() >= SERVER_ERRORS));
                }
                if (!lines.isFull()) {
                    rest();
                }
            }
        } finally {
            watch.shutdownNow();
        }
    }

    private void retryOrThrow(RuntimeException failed, boolean retry) {
        if (!retry) {
            throw failed;
        }
        err.println(failed.getMessage() + "; trying again");
        err.flush();
    }

    private void rest() {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException("interrupted while waiting to go on", interrupted);
        }
    }

    private void read(InputStream stream, ScheduledExecutorService watch) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        StringBuilder data = new StringBuilder();
        @Nullable String id = lastEventId;
        while (!lines.isFull()) {
            ScheduledFuture<?> silence =
                    watch.schedule(() -> close(stream), LONGEST_SILENCE.toMillis(), TimeUnit.MILLISECONDS);
            String line = reader.readLine();
            silence.cancel(false);
            if (line == null) {
                return;
            }
            if (line.isEmpty()) {
                lastEventId = id;
                if (!data.isEmpty()) {
                    lines.show(data.toString());
                    data.setLength(0);
                }
            } else if (line.startsWith("id: ")) {
                id = line.substring("id: ".length());
            } else if (line.startsWith("data: ")) {
                data.append(line, "data: ".length(), line.length());
            } else if (line.startsWith("retry: ")) {
                pause = Duration.ofMillis(Long.parseLong(line.substring("retry: ".length())));
            }
        }
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException closed) {
            // It was to be.
        }
    }
}
