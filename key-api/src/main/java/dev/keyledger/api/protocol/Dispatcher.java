package dev.keyledger.api.protocol;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.auth.Acs3Signature;
import dev.keyledger.api.auth.Authenticated;
import dev.keyledger.api.auth.Authenticator;
import dev.keyledger.api.auth.Authoriser;
import dev.keyledger.api.auth.Claim;
import dev.keyledger.api.auth.ClientAddress;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.api.limits.Admission;
import dev.keyledger.api.metrics.RequestMetrics;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The only entry of the vendor's protocol: decode, authenticate, do, record, encode. Every request that the web server hands over is
 * answered and recorded here, whatever its method or path.
 *
 * <p>Order of checks: method, path, parameters, {@code Action}, {@code Version}, timestamp, access key, signature, nonce, then the
 * operation's own. Thread-safe.
 */
public final class Dispatcher {

    /** The one version of the protocol. */
    static final String VERSION = "2016-01-20";

    /** A third of the ledger's connections; changes may hold half of them. */
    private static final int LISTINGS = 8;

    private static final Duration PATIENCE_OF_LISTINGS = Duration.ofSeconds(2);

    private final ReadLane listings = new ReadLane(LISTINGS, PATIENCE_OF_LISTINGS);
    private final OperationRegistry operations;
    private final Authenticator authenticator;
    private final Authoriser authoriser;
    private final Audit audit;
    private final ResponseEncoder encoder;
    private final ClientAddress clientAddress;
    private final Admission admission;
    private final Quarantine quarantine;
    private final RequestMetrics metrics;

    Dispatcher(
            OperationRegistry operations,
            Authenticator authenticator,
            Authoriser authoriser,
            Audit audit,
            ResponseEncoder encoder,
            ClientAddress clientAddress,
            Admission admission,
            Quarantine quarantine,
            RequestMetrics metrics) {
        this.operations = operations;
        this.authenticator = authenticator;
        this.authoriser = authoriser;
        this.audit = audit;
        this.encoder = encoder;
        this.clientAddress = clientAddress;
        this.admission = admission;
        this.quarantine = quarantine;
        this.metrics = metrics;
    }

    @SuppressWarnings("ArrayRecordComponent") // Written once; never compared, never printed.
    private record Answer(int status, WireFormat format, byte[] body) {}

    /** Answers one request. */
    public void handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long begun = System.nanoTime();
        AuditDraft draft = new AuditDraft(
                UUID.randomUUID().toString(),
                clientAddress.of(request.getRemoteAddr(), headers(request).all("X-Forwarded-For")),
                Objects.requireNonNullElse(request.getHeader("User-Agent"), ""));
        Exchange exchange = new Exchange(request, draft);
        Answer answer = exchange.run();
        admission.answered(draft.sourceIp(), exchange.audited.ending());
        response.setStatus(answer.status);
        response.setContentType(answer.format.contentType());
        response.setContentLength(answer.body.length);
        response.setHeader("x-acs-request-id", draft.requestId());
        // Answers hold plaintext.
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(answer.body);
        metrics.operation(draft.action(), exchange.audited.ending(), System.nanoTime() - begun);
    }

    /** Headers of a request, names in any letter case. */
    public static SignedRequest.Headers headers(HttpServletRequest request) {
        return name -> Collections.list(request.getHeaders(name));
    }

    /** One request on its way through. */
    private final class Exchange {

        private final HttpServletRequest request;
        private final SignedRequest.Headers headers;
        private final boolean headerSigned;
        private final AuditDraft draft;
        private final AuditedExchange audited;
        private WireFormat format;

        Exchange(HttpServletRequest request, AuditDraft draft) {
            this.request = request;
            this.headers = headers(request);
            this.headerSigned = Authenticator.headerSigned(headers);
            this.draft = draft;
            this.audited = new AuditedExchange(audit, draft);
            this.format = WireFormat.guess(request.getHeader("Accept"), headerSigned);
        }

        Answer run() {
            return audited.run(this::answer, this::refused);
        }

        private Answer answer() {
            RawRequest raw = read();
            Operation operation = operation(raw.parameters());
            audited.reached(AuditedExchange.Stage.AUTHENTICATING);
            admission.admit(draft.sourceIp());
            OperationClass operationClass = OperationClass.of(operation.name());
            Authenticated sender = authenticate(raw, operationClass);
            audited.reached(AuditedExchange.Stage.ACTING);
            draft.callerReason(CallerReason.of(headers, raw.parameters()));
            admission.admit(sender.caller().principal(), operationClass);
            if (operationClass != OperationClass.READ) {
                quarantine.requireNone();
            }
            DispatchedCall call =
                    new DispatchedCall(new Parameters(raw.parameters()), sender.caller(), draft, authoriser);
            Object result = operationClass.readsTheLedger(operation.name())
                    ? listings.read(draft.deadline(), () -> operation.execute(call))
                    : operation.execute(call);
            if (!call.isAuthorised()) {
                throw new IllegalStateException(operation.getClass().getName() + " did not ask for permission");
            }
            return new Answer(HttpServletResponse.SC_OK, format, encoder.success(format, result, draft.requestId()));
        }

        private RawRequest read() {
            if (!request.getMethod().equals("GET") && !request.getMethod().equals("POST")) {
                throw Refusal.of(ErrorCode.UNSUPPORTED_HTTP_METHOD);
            }
            if (!path().equals("/")) {
                throw Refusal.of(ErrorCode.ACTION_NOT_FOUND).because("unknown path");
            }
            RawRequest raw = RequestDecoder.decode(request);
            format = WireFormat.choose(raw.parameters().get("Format"), request.getHeader("Accept"), headerSigned);
            return raw;
        }

        private String path() {
            return request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
        }

        private Operation operation(Map<String, String> parameters) {
            String action = system("Action", Acs3Signature.ACTION, parameters);
            if (action == null) {
                throw Parameters.missing("Action");
            }
            draft.action(action);
            Operation operation = operations.find(action).orElseThrow(() -> Refusal.of(ErrorCode.ACTION_NOT_FOUND));
            String version = system("Version", Acs3Signature.VERSION, parameters);
            if (version == null) {
                throw Parameters.missing("Version");
            }
            if (!version.equals(VERSION)) {
                throw Refusal.of(ErrorCode.INVALID_VERSION);
            }
            return operation;
        }

        /**
         * A system parameter. In header-signed requests it is a header, a parameter, or both alike; in others the header, which nothing
         * signs, does not count.
         */
        private @Nullable String system(String name, String header, Map<String, String> parameters) {
            String parameter = parameters.get(name);
            List<String> sent = headerSigned ? headers.all(header) : List.of();
            if (sent.isEmpty()) {
                return parameter == null || parameter.isEmpty() ? null : parameter;
            }
            if (sent.size() > 1 || (parameter != null && !parameter.equals(sent.get(0)))) {
                throw Refusal.of(ErrorCode.PARSE_REQUEST_PARAMETER).because("contradicting " + name);
            }
            return sent.get(0);
        }

        private Authenticated authenticate(RawRequest raw, OperationClass operationClass) {
            SignedRequest signed = new SignedRequest(
                    request.getMethod(),
                    "/",
                    raw.query(),
                    raw.parameters(),
                    headers,
                    // Only header signatures cover the body itself.
                    headerSigned ? SignedRequest.hash(raw.body()) : "");
            Claim claim = authenticator.claimOf(signed);
            draft.claimedAccessKey(claim.accessKeyId()).authMethod(claim.authMethod());
            Authenticated sender;
            if (operationClass.senderMayBeRecalled()) {
                sender = authenticator.verifyRecalled(claim, draft.sourceIp());
                // Only now: whether an access key is disabled is told to nobody who has not shown its secret.
                draft.rememberedAccessKey();
            } else {
                sender = authenticator.verify(claim, draft.sourceIp());
            }
            draft.authenticated(sender.caller()).signedAt(sender.signedAt());
            sender.nonce().ifPresent(nonce -> draft.nonce(nonce, sender.signedAt()));
            return sender;
        }

        private Answer refused(Refusal refusal) {
            String host = Objects.requireNonNullElse(request.getHeader("Host"), "");
            return new Answer(
                    refusal.code().httpStatus(), format, encoder.error(format, refusal, draft.requestId(), host));
        }
    }
}
