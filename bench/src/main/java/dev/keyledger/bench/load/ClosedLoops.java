package dev.keyledger.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Connections that each send a request, wait for its whole answer and send the next. One thread drives them all, so that the client takes as
 * little of the cores as it can. A server that closes a connection after some requests gets a new one at once; the time to connect counts
 * into the next answer's, as it would for any client.
 *
 * <p>Latencies are those of closed loops: a server that stalls is asked less often meanwhile.
 */
public final class ClosedLoops implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MAX_FAULT_TEXT = 500;
    private static final int SUCCESS = 200;

    private final EventLoopGroup loop;

    /** Starts the one thread. */
    public ClosedLoops() {
        loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    /**
     * Runs until the time is over or no connection has anything left to send.
     *
     * @param sources the source of each connection, by its number
     */
    public Measured run(
            Endpoint endpoint,
            AccessKeyPair accessKey,
            int connections,
            Duration length,
            IntFunction<? extends RequestSource> sources) {
        Run run = new Run(endpoint, new SignedTemplate.Signer(accessKey), connections, length);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            all.add(new Connection(run, sources.apply(i)));
        }
        loop.execute(() -> {
            run.begin();
            all.forEach(Connection::proceed);
        });
        run.await();
        return run.measured();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One measurement; all but its latch belongs to the event loop. */
    private static final class Run {

        private final Endpoint endpoint;
        private final SignedTemplate.Signer signer;
        private final long length;
        private final CountDownLatch open;
        private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private long begun;
        private long ended;
        private long answers;
        private long faults;
        private String firstFault = "";

        Run(Endpoint endpoint, SignedTemplate.Signer signer, int connections, Duration length) {
            this.endpoint = endpoint;
            this.signer = signer;
            this.length = length.toNanos();
            this.open = new CountDownLatch(connections);
        }

        void begin() {
            begun = System.nanoTime();
        }

        boolean over(long now) {
            return now - begun >= length;
        }

        void good(long sentAt, long now) {
            latencies.recordValue(now - sentAt);
            answers++;
            ended = now;
        }

        void fault(String what) {
            if (faults++ == 0) {
                firstFault = what;
            }
            ended = System.nanoTime();
        }

        void await() {
            try {
                // A server that stalls altogether must not hold the measurement for ever.
                if (!open.await(length + TimeUnit.MINUTES.toNanos(1), TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException(open.getCount() + " connections got no answer for a minute");
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while measuring", stopped);
            }
            Throwable failed = failure.get();
            if (failed != null) {
                throw new IllegalStateException("the client failed", failed);
            }
        }

        Measured measured() {
            return new Measured(answers, faults, firstFault, Duration.ofNanos(Math.max(1, ended - begun)), latencies);
        }
    }

    /** One closed loop. */
    @SuppressWarnings("FutureReturnValueIgnored") // Failures arrive as events of the channel.
    private final class Connection extends SimpleChannelInboundHandler<HttpObject> {

        private final Run run;
        private final RequestSource source;
        private @Nullable Channel channel;
        private @Nullable SignedTemplate pending;
        private long sentAt;
        private int status;
        private boolean closing;
        private final StringBuilder text = new StringBuilder();

        Connection(Run run, RequestSource source) {
            this.run = run;
            this.source = source;
        }

        void proceed() {
            long now = System.nanoTime();
            SignedTemplate next = run.over(now) ? null : source.next();
            if (next == null) {
                finish();
                return;
            }
            sentAt = now;
            Channel current = channel;
            if (current != null) {
                send(current, next);
            } else {
                pending = next;
                connect();
            }
        }

        private void finish() {
            Channel current = channel;
            channel = null;
            if (current != null) {
                current.close();
            }
            run.open.countDown();
        }

        private void connect() {
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel opened) {
                            opened.pipeline()
                                    .addLast(new HttpResponseDecoder(new HttpDecoderConfig().setValidateHeaders(false)))
                                    .addLast(Connection.this);
                        }
                    })
                    .connect(run.endpoint.address())
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            run.fault("connecting: " + connected.cause());
                            run.open.countDown();
                        }
                    });
        }

        @Override
        public boolean isSharable() {
            // Added to one pipeline at a time, one after another.
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            SignedTemplate waiting = pending;
            pending = null;
            if (waiting != null) {
                send(context.channel(), waiting);
            }
        }

        private void send(Channel to, SignedTemplate request) {
            int bytes = request.write(run.signer, run.buffer);
            ByteBuf out = to.alloc().directBuffer(bytes);
            out.writeBytes(run.buffer, 0, bytes);
            to.writeAndFlush(out, to.voidPromise());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpResponse head) {
                status = head.status().code();
                closing = !HttpUtil.isKeepAlive(head);
                text.setLength(0);
            }
            if (part instanceof HttpContent content) {
                if (status == SUCCESS ? source.keepsAnswers() : text.length() < MAX_FAULT_TEXT) {
                    text.append(content.content().toString(StandardCharsets.UTF_8));
                }
                if (part instanceof LastHttpContent) {
                    answered(context);
                }
            }
        }

        private void answered(ChannelHandlerContext context) {
            if (status == SUCCESS) {
                run.good(sentAt, System.nanoTime());
                if (source.keepsAnswers()) {
                    source.answered(text.toString());
                }
            } else {
                run.fault(status + " " + text);
            }
            if (closing) {
                channel = null;
                context.close();
            }
            proceed();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel() == channel) {
                channel = null;
                run.fault("the server closed the connection before it answered");
                proceed();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (context.channel() == channel) {
                channel = null;
                context.close();
                run.fault(cause.toString());
                proceed();
            } else if (!(cause instanceof java.io.IOException)) {
                run.failure.compareAndSet(null, cause);
            }
        }
    }
}
