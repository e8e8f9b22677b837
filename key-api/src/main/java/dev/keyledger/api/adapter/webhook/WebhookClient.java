package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.feed.CloudEventForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages, one attempt at a time. It follows no redirect, keeps no cookie, unpacks nothing, takes from the answer its status and {@code
 * Retry-After}, and of its body reads no more than it takes to use the connection again. Thread-safe.
 */
final class WebhookClient implements AutoCloseable {

    static final String ID = "webhook-id";
    static final String TIMESTAMP = "webhook-timestamp";
    static final String SIGNATURE = "webhook-signature";

    /** The most of an answer that is read. */
    static final int MAX_ANSWER_BYTES = 8 * 1024;

    private static final int MAX_HEADERS = 100;

    /** After so long a connection is made anew, and the name looked up again. */
    private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);

    private static final TimeValue IDLE = TimeValue.ofSeconds(20);
    private static final TimeValue CHECKED_AFTER = TimeValue.ofMilliseconds(500);

    private static final ContentType CONTENT_TYPE = ContentType.create(CloudEventForm.MEDIA_TYPE);

    private static final int GONE = 410;
    private static final int HUNDRED = 100;

    private final ReceiverRules rules;
    private final InstantSource clock;
    private final CloseableHttpClient http;
    private final ScheduledThreadPoolExecutor timer;

    /**
     * A message as it goes out.
     *
     * @param timestamp seconds since 1970
     * @param signature of id, timestamp and body
     */
    record Message(URI url, String id, long timestamp, String signature, String body) {}

    /**
     * How an attempt ended.
     *
     * @param status 0 if there was no answer
     * @param retryAfter what the receiver asked for, if it asked
     */
    record Attempt(DeliveryOutcome outcome, int status, Duration took, Optional<Duration> retryAfter) {}

    WebhookClient(
            NameLookup lookup,
            ReceiverRules rules,
            Optional<URI> proxy,
            Optional<Path> caFile,
            int connections,
            InstantSource clock) {
        this.clock = clock;
        this.rules = rules;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "webhook timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        HttpClientBuilder builder = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new CheckedAddresses(lookup, rules, proxy))
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(trust(caFile)))
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(Http1Config.custom()
                                        .setMaxHeaderCount(MAX_HEADERS)
                                        .setMaxLineLength(MAX_ANSWER_BYTES)
                                        .build())
                                .build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(WebhookTimes.ATTEMPT))
                                .setSocketTimeout(Timeout.of(WebhookTimes.ATTEMPT))
                                .setTimeToLive(CONNECTION_LIFE)
                                .setValidateAfterInactivity(CHECKED_AFTER)
                                .build())
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(WebhookTimes.ATTEMPT))
                        .setResponseTimeout(Timeout.of(WebhookTimes.ATTEMPT))
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .setContentCompressionEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableAutomaticRetries()
                .evictIdleConnections(IDLE)
                .setUserAgent("Keyledger-Webhooks");
        proxy.ifPresent(
                through -> builder.setProxy(new HttpHost(through.getScheme(), through.getHost(), through.getPort())));
        this.http = builder.build();
    }

    /** The platform's certificates, and those of the file. */
    private static SSLContext trust(Optional<Path> caFile) {
        try {
            TrustManager[] managers = null;
            if (caFile.isPresent()) {
                KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
                all.load(null, null);
                for (TrustManager manager : managers(null)) {
                    if (manager instanceof X509TrustManager x509) {
                        for (X509Certificate certificate : x509.getAcceptedIssuers()) {
                            all.setCertificateEntry("platform-" + all.size(), certificate);
                        }
                    }
                }
                try (InputStream in = Files.newInputStream(caFile.get())) {
                    for (Certificate certificate :
                            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        all.setCertificateEntry("file-" + all.size(), certificate);
                    }
                }
                managers = managers(all);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw new StartupFailure("KEYLEDGER_WEBHOOK_CA_FILE must hold certificates in PEM.", unusable);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Sends a message; whatever happens is an outcome. Takes no longer than the limit, but for the look-up of a name. */
    Attempt send(Message message, Duration limit) {
        long begun = System.nanoTime();
        if (rules.objection(message.url().toString()).isPresent()) {
            return new Attempt(DeliveryOutcome.FORBIDDEN_ADDRESS, 0, since(begun), Optional.empty());
        }
        HttpPost post = new HttpPost(message.url());
        post.setEntity(new ByteArrayEntity(message.body().getBytes(StandardCharsets.UTF_8), CONTENT_TYPE));
        post.setHeader(ID, message.id());
        post.setHeader(TIMESTAMP, Long.toString(message.timestamp()));
        post.setHeader(SIGNATURE, message.signature());
        AtomicBoolean late = new AtomicBoolean();
        Future<?> end = timer.schedule(
                () -> {
                    late.set(true);
                    post.abort();
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            return answered(exchange(post), begun);
        } catch (IOException | HttpException | RuntimeException failed) {
            return new Attempt(
                    late.get() ? DeliveryOutcome.TIMEOUT : outcome(failed), 0, since(begun), Optional.empty());
        } finally {
            end.cancel(false);
        }
    }

    /** The head of an answer. */
    private record Head(int status, Optional<Duration> retryAfter) {}

    private Head exchange(HttpPost post) throws IOException, HttpException {
        try {
            return exchangeOnce(post);
        } catch (NoHttpResponseException closedMeanwhile) {
            // A receiver may close a connection that was kept for the next message; on a fresh one it has no such
            // excuse.
            return exchangeOnce(post);
        }
    }

    private Head exchangeOnce(HttpPost post) throws IOException, HttpException {
        ClassicHttpResponse response = http.executeOpen(null, post, null);
        Header retryAfter = response.getFirstHeader("Retry-After");
        Head head = new Head(
                response.getCode(),
                retryAfter == null ? Optional.empty() : retryAfter(retryAfter.getValue(), clock.instant()));
        // From here on the outcome is known, and what is left is whether the connection can be used again.
        try {
            if (!readToEnd(response.getEntity())) {
                // Closing alone would read on to the end, which may never come.
                post.abort();
            }
            response.close();
        } catch (IOException broken) {
            post.abort();
        }
        return head;
    }

    private static boolean readToEnd(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return true;
        }
        return entity.getContentLength() < MAX_ANSWER_BYTES
                && entity.getContent().readNBytes(MAX_ANSWER_BYTES).length < MAX_ANSWER_BYTES;
    }

    private static Attempt answered(Head head, long begun) {
        int status = head.status();
        DeliveryOutcome outcome = switch (status / HUNDRED) {
            case 2 -> DeliveryOutcome.DELIVERED;
            case 3 -> DeliveryOutcome.REDIRECT;
            default -> status == GONE ? DeliveryOutcome.GONE : DeliveryOutcome.HTTP_ERROR;
        };
        return new Attempt(outcome, status, since(begun), head.retryAfter());
    }

    private static DeliveryOutcome outcome(Exception failed) {
        if (failed instanceof ForbiddenAddressException) {
            return DeliveryOutcome.FORBIDDEN_ADDRESS;
        } else if (failed instanceof UnknownHostException) {
            return DeliveryOutcome.UNKNOWN_NAME;
        } else if (failed instanceof SSLException) {
            return DeliveryOutcome.TLS;
        } else if (failed instanceof SocketTimeoutException || failed instanceof InterruptedIOException) {
            return DeliveryOutcome.TIMEOUT;
        } else if (failed instanceof SocketException || failed instanceof IOException) {
            return DeliveryOutcome.UNREACHABLE;
        } else if (failed instanceof HttpException) {
            return DeliveryOutcome.UNREACHABLE;
        }
        return DeliveryOutcome.FAILED;
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Seconds or a date; anything else is not there. */
    static Optional<Duration> retryAfter(String text, Instant now) {
        String value = text.strip();
        if (value.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        Instant date = DateUtils.parseStandardDate(value);
        return date == null ? Optional.empty() : Optional.of(Duration.between(now, date));
    }

    @Override
    public void close() {
        timer.shutdownNow();
        http.close(CloseMode.IMMEDIATE);
    }
}
