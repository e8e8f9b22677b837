package dev.keyledger.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/**
 * Clients of a node's stream of events, all on one thread. What an event says is not looked at but for its sequence: that and its arrival are
 * what is measured.
 */
public final class EventStreams implements AutoCloseable {

    private static final byte[] DATA = "\ndata: ".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private final List<Client> clients = new ArrayList<>();
    private final Thread thread = new Thread(this::receive, "event-clients");
    private volatile boolean closed;

    /** Told of each event of the first client, on the thread that receives. */
    public interface Listener {
        /**
         * An event has come.
         *
         * @param number of the event on its stream, from 1
         * @param at machine time in nanoseconds
         */
        void came(long number, long at);
    }

    private final class Client {

        private final SocketChannel channel;
        private final AtomicLong events = new AtomicLong();
        private int matched;

        Client(SocketChannel channel) {
            this.channel = channel;
        }

        void count(ByteBuffer part, long at) {
            while (part.hasRemaining()) {
                byte next = part.get();
                matched = next == DATA[matched] ? matched + 1 : next == DATA[0] ? 1 : 0;
                if (matched == DATA.length) {
                    matched = 0;
                    long number = events.incrementAndGet();
                    if (this == clients.get(0)) {
                        listener.came(number, at);
                    }
                }
            }
        }
    }

    private final Listener listener;

    /** Connects so many clients, one after the other. */
    public EventStreams(Endpoint endpoint, AccessKeyPair accessKey, int count, String query, Listener listener) {
        this.listener = listener;
        String login = Base64.getEncoder()
                .encodeToString((accessKey.id() + ":" + accessKey.secret()).getBytes(StandardCharsets.US_ASCII));
        byte[] request = ("GET /v1/events/stream" + query + " HTTP/1.1\r\nHost: " + endpoint.authority()
                        + "\r\nAuthorization: Basic " + login + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            selector = Selector.open();
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(endpoint.address());
                channel.write(ByteBuffer.wrap(request));
                requireGood(channel);
                channel.configureBlocking(false);
                Client client = new Client(channel);
                clients.add(client);
                channel.register(selector, SelectionKey.OP_READ, client);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        thread.setDaemon(true);
        thread.start();
    }

    private static void requireGood(SocketChannel channel) throws IOException {
        ByteBuffer status = ByteBuffer.allocate("HTTP/1.1 200".length());
        while (status.hasRemaining() && channel.read(status) >= 0) {
            // Until as much of the answer is there as tells.
        }
        String line = new String(status.array(), StandardCharsets.US_ASCII);
        if (!line.endsWith(" 200")) {
            throw new IllegalStateException("no stream: " + line);
        }
    }

    private void receive() {
        ByteBuffer part = ByteBuffer.allocateDirect(256 * 1024);
        try {
            while (!closed) {
                selector.select(200);
                long at = System.nanoTime();
                for (SelectionKey ready : selector.selectedKeys()) {
                    Client client = (Client) ready.attachment();
                    part.clear();
                    if (client.channel.read(part) < 0) {
                        ready.cancel();
                    }
                    part.flip();
                    client.count(part, at);
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether the number of events of each client is as it should be. */
    public boolean all(LongPredicate condition) {
        return clients.stream().allMatch(client -> condition.test(client.events.get()));
    }

    /** Events that came, over all clients. */
    public long events() {
        return clients.stream().mapToLong(client -> client.events.get()).sum();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
            for (Client client : clients) {
                client.channel.close();
            }
            selector.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
