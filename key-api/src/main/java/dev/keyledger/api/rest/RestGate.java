package dev.keyledger.api.rest;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.auth.AuthMethod;
import dev.keyledger.api.auth.Authenticated;
import dev.keyledger.api.auth.Authoriser;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.api.auth.Claim;
import dev.keyledger.api.auth.ClientAddress;
import dev.keyledger.api.auth.RestAuthentication;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.api.limits.Admission;
import dev.keyledger.api.metrics.RequestMetrics;
import dev.keyledger.api.protocol.AuditedExchange;
import dev.keyledger.api.protocol.CallerReason;
import dev.keyledger.api.protocol.Dispatcher;
import dev.keyledger.api.protocol.OperationClass;
import dev.keyledger.api.protocol.RawRequest;
import dev.keyledger.api.protocol.RequestDecoder;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What every endpoint under {@code /v1} goes through: authentication, authorisation, one audit record before the answer leaves, problem
 * details for every error (RFC 9457). Thread-safe.
 *
 * <pre>{@code
 * @PostMapping("/v1/clock")
 * ResponseEntity<?> advance(HttpServletRequest request) {
 *     return gate.run(request, "AdvanceClock", "clock", call -> ResponseEntity.ok(advanced(call)));
 * }
 * }</pre>
 *
 * <p>The gate reads the body itself, since the signature covers its very bytes: an endpoint takes no {@code @RequestBody} and no {@code
 * @RequestParam}, and asks {@link RestCall#json()} and {@link RestCall#query} instead.
 */
@Component
public class RestGate {

    private static final String PASSED = RestGate.class.getName() + ".passed";

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RestAuthentication authentication;
    private final Authoriser authoriser;
    private final Audit audit;
    private final ClientAddress clientAddress;
    private final Admission admission;
    private final RequestMetrics metrics;

    RestGate(
            RestAuthentication authentication,
            Authoriser authoriser,
            Audit audit,
            ClientAddress clientAddress,
            Admission admission,
            RequestMetrics metrics) {
        this.authentication = authentication;
        this.authoriser = authoriser;
        this.audit = audit;
        this.clientAddress = clientAddress;
        this.admission = admission;
        this.metrics = metrics;
    }

    /**
     * Runs one request.
     *
     * @param action name of the act in the audit record and for the authoriser, for example {@code AdvanceClock}
     * @param resource what is acted on, for the authoriser; {@code *} if there is no single resource
     * @param endpoint does it; a {@link dev.keyledger.refusal.Refusal} becomes a problem document
     * @return the endpoint's answer, or a problem document
     */
    public ResponseEntity<?> run(
            HttpServletRequest request,
            String action,
            String resource,
            Function<RestCall, ? extends ResponseEntity<?>> endpoint) {
        long begun = System.nanoTime();
        SignedRequest.Headers headers = Dispatcher.headers(request);
        AuditDraft draft = new AuditDraft(
                        UUID.randomUUID().toString(),
                        clientAddress.of(request.getRemoteAddr(), headers.all("X-Forwarded-For")),
                        Objects.requireNonNullElse(request.getHeader("User-Agent"), ""))
                .action(action);
        request.setAttribute(PASSED, draft.requestId());
        Passage passage = new Passage(request, headers, draft, new AuditedExchange(audit, draft));
        ResponseEntity<?> answer = passage.exchange.run(() -> passage.answer(resource, endpoint), passage::problem);
        admission.answered(draft.sourceIp(), passage.exchange.ending());
        metrics.endpoint(action, passage.exchange.ending(), System.nanoTime() - begun);
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .headers(added -> {
                    added.set("x-acs-request-id", draft.requestId());
                    added.setCacheControl("no-store");
                })
                .body(answer.getBody());
    }

    /** Id under which the request has left its audit record; null if it came to no gate yet. */
    static @Nullable String passedAs(HttpServletRequest request) {
        return (String) request.getAttribute(PASSED);
    }

    /** One request on its way through. */
    private final class Passage {

        private final HttpServletRequest request;
        private final SignedRequest.Headers headers;
        private final AuditDraft draft;
        private final AuditedExchange exchange;
        private boolean authenticated;

        Passage(HttpServletRequest request, SignedRequest.Headers headers, AuditDraft draft, AuditedExchange exchange) {
            this.request = request;
            this.headers = headers;
            this.draft = draft;
            this.exchange = exchange;
        }

        ResponseEntity<?> answer(String resource, Function<RestCall, ? extends ResponseEntity<?>> endpoint) {
            RawRequest raw = RequestDecoder.decodeQuery(request);
            exchange.reached(AuditedExchange.Stage.AUTHENTICATING);
            admission.admit(draft.sourceIp());
            Caller caller = authenticate(raw);
            authenticated = true;
            exchange.reached(AuditedExchange.Stage.ACTING);
            draft.callerReason(CallerReason.of(headers, raw.query()));
            admission.admit(caller.principal(), OperationClass.CHANGE);
            authoriser.authorise(caller, draft.action(), resource);
            return endpoint.apply(new GatedCall(caller, draft, raw));
        }

        private Caller authenticate(RawRequest raw) {
            SignedRequest signed = new SignedRequest(
                    request.getMethod(),
                    request.getRequestURI(),
                    raw.query(),
                    raw.parameters(),
                    headers,
                    SignedRequest.hash(raw.body()));
            Claim claim = authentication.claimOf(
                    signed, new RestAuthentication.Transport(request.getRemoteAddr(), request.isSecure()));
            draft.claimedAccessKey(claim.accessKeyId()).authMethod(claim.authMethod());
            Authenticated sender = authentication.verify(claim, draft.sourceIp());
            draft.authenticated(sender.caller());
            sender.nonce().ifPresent(nonce -> draft.nonce(nonce, sender.signedAt()));
            return sender.caller();
        }

        ResponseEntity<Problem> problem(Refusal refusal) {
            int status = status(refusal.code());
            ResponseEntity.BodyBuilder answer =
                    ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
            if (status == HttpStatus.UNAUTHORIZED.value()) {
                answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"keyledger\", charset=\"UTF-8\"")
                        .header(HttpHeaders.WWW_AUTHENTICATE, "ACS3-HMAC-SHA256");
            }
            return answer.body(Problem.of(refusal, status, detail(refusal), draft.requestId()));
        }

        /** The vendor's protocol has no 401; under {@code /v1} whoever could not be authenticated gets one. */
        private int status(ErrorCode code) {
            return switch (code) {
                case NONCE_USED -> HttpStatus.UNAUTHORIZED.value();
                case UNSUPPORTED_HTTP_METHOD -> HttpStatus.METHOD_NOT_ALLOWED.value();
                case INCOMPLETE_SIGNATURE,
                        SIGNATURE_DOES_NOT_MATCH,
                        ILLEGAL_TIMESTAMP,
                        TIMESTAMP_EXPIRED,
                        ACCESS_KEY_NOT_FOUND -> authenticated ? code.httpStatus() : HttpStatus.UNAUTHORIZED.value();
                default -> code.httpStatus();
            };
        }

        private String detail(Refusal refusal) {
            if (!authenticated && draft.authMethod() == AuthMethod.BASIC) {
                return switch (refusal.code()) {
                    case SIGNATURE_DOES_NOT_MATCH, ACCESS_KEY_NOT_FOUND ->
                        "Access key id and secret do not belong together.";
                    case INCOMPLETE_SIGNATURE ->
                        "Basic authentication needs well-formed credentials and TLS, or a client on the same machine.";
                    default -> refusal.clientMessage();
                };
            }
            return refusal.advice().isEmpty()
                    ? refusal.clientMessage()
                    : refusal.clientMessage() + " " + refusal.advice();
        }
    }

    private record GatedCall(Caller caller, AuditDraft audit, RawRequest raw) implements RestCall {

        @Override
        public String requestId() {
            return audit.requestId();
        }

        @Override
        public JsonNode json() {
            try {
                JsonNode body = STRICT.readTree(raw.body());
                if (body != null && body.isObject()) {
                    return body;
                }
            } catch (JacksonException malformed) {
                // The parser's message quotes the body; the code says enough.
            }
            throw Refusal.of(ErrorCode.PARSE_REQUEST_PARAMETER).because("the body is not one JSON object");
        }

        @Override
        public String query(String name) {
            return raw.query().getOrDefault(name, "");
        }

        @Override
        public Map<String, String> queries() {
            return raw.query();
        }
    }
}
