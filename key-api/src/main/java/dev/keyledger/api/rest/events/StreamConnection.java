package dev.keyledger.api.rest.events;

import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.Objects;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection whose answer has begun and goes on for as long as the client likes. It is taken out of the web server's hands as a web socket
 * would be, because what the server keeps for a request, a buffer of 128 KiB for its head among others, is of no use any more: what is left
 * is the socket and its two buffers. The head of the answer said that its end is the connection's, so what follows needs no framing.
 */
public final class StreamConnection implements InternalHttpUpgradeHandler, Wire {

    private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);

    /** What a client may say that nobody listens to, at a time. */
    private static final int HEARD = 512;

    /** What the system keeps of what was sent and not yet received; left alone, it takes megabytes for each slow client. */
    private static final int SYSTEM_BUFFER = 128 * 1024;

    private volatile @Nullable SocketWrapperBase<?> socket;
    private volatile @Nullable EventStream stream;

    /** Made by the web server. */
    public StreamConnection() {}

    /** What is sent over it, once the web server has let go of it. */
    void serve(EventStream served) {
        stream = served;
    }

    @Override
    public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
        socket = wrapper;
    }

    @Override
    public void init(WebConnection unused) {
        bound(open());
        stream().connected(this);
    }

    private static void bound(SocketWrapperBase<?> wrapper) {
        if (wrapper.getSocket() instanceof NioChannel channel) {
            try {
                channel.getIOChannel().setOption(StandardSocketOptions.SO_SNDBUF, SYSTEM_BUFFER);
            } catch (IOException gone) {
                LOG.debug("a client of events went before it was told anything");
            }
        }
    }

    @Override
    public SocketState upgradeDispatch(SocketEvent event) {
        switch (event) {
            case OPEN_WRITE -> {
                stream().writable();
                return SocketState.UPGRADED;
            }
            case OPEN_READ -> {
                if (listen()) {
                    return SocketState.UPGRADED;
                }
            }
            case STOP, TIMEOUT, DISCONNECT, ERROR, CONNECT_FAIL -> {}
        }
        stream().end(EventStream.Ending.LEFT);
        return SocketState.CLOSED;
    }

    /** Reads what nobody wants, to hear of the client's going; answers whether it is still there. */
    private boolean listen() {
        try {
            return open().read(false, new byte[HEARD], 0, HEARD) >= 0;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public boolean write(byte[] bytes, int offset, int length) throws IOException {
        SocketWrapperBase<?> to = open();
        to.getLock().lock();
        try {
            requireOpen(to);
            to.write(false, bytes, offset, length);
            return flush(to);
        } finally {
            to.getLock().unlock();
        }
    }

    @Override
    public boolean flush() throws IOException {
        SocketWrapperBase<?> to = open();
        to.getLock().lock();
        try {
            requireOpen(to);
            return flush(to);
        } finally {
            to.getLock().unlock();
        }
    }

    private static boolean flush(SocketWrapperBase<?> to) throws IOException {
        if (to.flush(false)) {
            to.registerWriteInterest();
            return false;
        }
        return true;
    }

    private static void requireOpen(SocketWrapperBase<?> to) throws IOException {
        if (to.isClosed()) {
            throw new EOFException("closed");
        }
    }

    /** Under the lock that the web server takes too: the socket's buffers go to the next connection. */
    @Override
    public void close() {
        SocketWrapperBase<?> to = socket;
        if (to != null) {
            to.getLock().lock();
            try {
                to.close();
            } finally {
                to.getLock().unlock();
            }
        }
    }

    @Override
    public void destroy() {
        stream().end(EventStream.Ending.LEFT);
    }

    @Override
    public void pause() {}

    @Override
    public void timeoutAsync(long now) {}

    @Override
    public void setSslSupport(SSLSupport support) {}

    private SocketWrapperBase<?> open() {
        return Objects.requireNonNull(socket);
    }

    private EventStream stream() {
        return Objects.requireNonNull(stream);
    }
}
