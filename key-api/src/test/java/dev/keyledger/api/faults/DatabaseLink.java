package dev.keyledger.api.faults;

import dev.keyledger.db.testing.TestDatabase;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The network between a node and its PostgreSQL, as a relay on a port of its own. Until told otherwise it passes on everything as it comes.
 */
public final class DatabaseLink implements AutoCloseable {

    private enum Mode {
        PASS,
        /** Holds everything back, and passes it on later. */
        STALL,
        /** Accepts everything and passes on nothing, ever. */
        SWALLOW
    }

    private final ServerSocket listener;
    private volatile int serverPort;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "database-link");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final Object modeChanged = new Object();
    private volatile Trap trap = new Trap(Moment.NONE, Harm.CUT);
    private volatile Mode mode = Mode.PASS;
    private volatile Duration delay = Duration.ZERO;

    private DatabaseLink(ServerSocket listener, int serverPort) {
        this.listener = listener;
        this.serverPort = serverPort;
        threads.execute(this::accept);
    }

    /** A link to the server of this database, which must be on this machine. */
    public static DatabaseLink to(TestDatabase database) {
        try {
            return new DatabaseLink(
                    new ServerSocket(0, 200, InetAddress.getLoopbackAddress()),
                    uri(database).getPort());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static URI uri(TestDatabase database) {
        return URI.create(database.url().substring("jdbc:".length()));
    }

    /** The same database at the other end of this link. Unencrypted, since an encrypted stream has no visible moments. */
    public TestDatabase through(TestDatabase database) {
        return new TestDatabase(
                "jdbc:postgresql://127.0.0.1:" + listener.getLocalPort()
                        + uri(database).getPath() + "?sslmode=disable&gssEncMode=disable",
                database.ownerUser(),
                database.ownerPassword(),
                database.serviceUser(),
                database.servicePassword());
    }

    /** From now on new connections lead to a server on another port. */
    public void redirect(int port) {
        serverPort = port;
    }

    /** Lets every bundle of requests that a client sends wait before it is passed on. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Holds everything back until {@link #pass}. */
    public void stall() {
        mode(Mode.STALL);
    }

    /**
     * Lets all present connections go dead without a word, and new ones too until {@link #pass}; what went dead stays so, as behind a
     * firewall that has forgotten it.
     */
    public void swallow() {
        lines.forEach(line -> line.dead = true);
        mode(Mode.SWALLOW);
    }

    /** Back to normal for everything that is not dead already. */
    public void pass() {
        delay = Duration.ZERO;
        mode(Mode.PASS);
    }

    private void mode(Mode next) {
        synchronized (modeChanged) {
            mode = next;
            modeChanged.notifyAll();
        }
    }

    /** Resets all present connections. */
    public void cut() {
        lines.forEach(Line::reset);
    }

    /**
     * Waits for the given moment on any connection, once.
     *
     * @return tells whether the moment has come
     */
    public Trap arm(Moment moment, Harm harm) {
        Trap armed = new Trap(moment, harm);
        trap = armed;
        return armed;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                try {
                    Line line = new Line(client, new Socket(InetAddress.getLoopbackAddress(), serverPort));
                    lines.add(line);
                    threads.execute(line::toServer);
                    threads.execute(line::toClient);
                } catch (IOException serverAway) {
                    client.close();
                }
            }
        } catch (IOException closed) {
            // The link is taken down.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        cut();
        threads.shutdownNow();
    }

    /** One connection of the node with the server. */
    private final class Line {

        private final Socket client;
        private final Socket server;
        private final Conversation conversation = new Conversation();
        private volatile boolean dead;

        Line(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            this.dead = mode == Mode.SWALLOW;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void toServer() {
            try {
                DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
                Message.readOpening(in).writeTo(out);
                out.flush();
                boolean bundleBegins = true;
                boolean records = false;
                while (true) {
                    Message message = Message.read(in);
                    if (bundleBegins) {
                        pause();
                    }
                    Moment moment = conversation.sent(message);
                    if (spring(moment)) {
                        continue;
                    }
                    records |= moment == Moment.BEFORE_RECORD;
                    if (await()) {
                        message.writeTo(out);
                        bundleBegins = in.available() == 0;
                        if (bundleBegins) {
                            // Before the server can answer, or the answer might overtake the harm.
                            spring(records ? Moment.WHILE_RECORDING : Moment.NONE);
                            records = false;
                            out.flush();
                        }
                    }
                }
            } catch (IOException ended) {
                end();
            }
        }

        void toClient() {
            try {
                DataInputStream in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()));
                while (true) {
                    Message message = Message.read(in);
                    // Nothing of an answer is passed on before it is known whether it is the one to be lost.
                    List<Message> answer = conversation.answered(message);
                    if (spring(conversation.momentAfter(message))) {
                        continue;
                    }
                    if (await()) {
                        for (Message each : answer) {
                            each.writeTo(out);
                        }
                        if (in.available() == 0) {
                            out.flush();
                        }
                    }
                }
            } catch (IOException ended) {
                end();
            }
        }

        /** Does the harm if this is the moment that is waited for; answers whether the message is lost. */
        private boolean spring(Moment moment) {
            Trap armed = trap;
            if (moment != Moment.NONE && armed.springs(moment)) {
                switch (armed.harm()) {
                    case CUT -> reset();
                    case HANG_UP -> hangUp();
                    case SILENCE -> dead = true;
                }
            }
            return dead;
        }

        private void pause() {
            Duration each = delay;
            if (!each.isZero()) {
                try {
                    Thread.sleep(each.toMillis());
                } catch (InterruptedException closing) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** Waits out a stall; answers whether the connection still carries anything. */
        private boolean await() throws IOException {
            synchronized (modeChanged) {
                while (mode == Mode.STALL && !dead) {
                    try {
                        modeChanged.wait();
                    } catch (InterruptedException closing) {
                        throw new IOException(closing);
                    }
                }
            }
            return !dead;
        }

        /** What the server still says is read and lost, so that it is never in doubt about its client. */
        private void hangUp() {
            dead = true;
            close(client, true);
        }

        private void reset() {
            dead = true;
            lines.remove(this);
            close(client, true);
            close(server, true);
        }

        /** One side ended the conversation; the other is told, unless the line is one that tells nothing. */
        private void end() {
            if (!dead) {
                lines.remove(this);
                close(client, false);
                close(server, false);
            }
        }

        private void close(Socket socket, boolean abruptly) {
            try {
                if (abruptly) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            } catch (IOException gone) {
                // Which is what was wanted.
            }
        }
    }
}
