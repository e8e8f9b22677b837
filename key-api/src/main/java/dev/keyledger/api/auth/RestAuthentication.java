package dev.keyledger.api.auth;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls an endpoint under {@code /v1}. Either signature version 3 with the encoded request path as canonical URI, whose host, date,
 * nonce and body hash must be signed; or HTTP basic authentication (RFC 7617) with an access key, where nobody on the way could read the
 * secret: the peer is this machine and nothing was forwarded, or TLS was seen by this server or reported by a trusted proxy.
 *
 * <p>Thread-safe.
 */
public final class RestAuthentication {

    private static final Set<String> MUST_BE_SIGNED =
            Set.of("host", Acs3Signature.DATE, Acs3Signature.NONCE, Acs3Signature.CONTENT_HASH);

    /** Any of these says that the peer speaks for somebody else. */
    private static final List<String> FORWARDING = List.of(
            "Forwarded",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
            "X-Real-IP");

    private static final String BASIC = "basic ";

    private final Authenticator authenticator;
    private final ClientAddress clientAddress;

    public RestAuthentication(Authenticator authenticator, ClientAddress clientAddress) {
        this.authenticator = authenticator;
        this.clientAddress = clientAddress;
    }

    /**
     * How the request reached this server.
     *
     * @param peer address of the connection's other end
     * @param tls whether the connection to this server is TLS
     */
    public record Transport(String peer, boolean tls) {}

    /** What the request claims. Never refuses: the claim is recorded before it is checked. */
    public Claim claimOf(SignedRequest request, Transport transport) {
        String authorization =
                Optional.ofNullable(request.headers().only("Authorization")).orElse("");
        if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return basic(authorization.substring(BASIC.length()).trim(), request.headers(), transport);
        }
        return authorization.startsWith(Acs3Signature.FAMILY)
                ? Acs3Signature.claim(request, MUST_BE_SIGNED)
                : flawed(AuthMethod.NONE, "", "no credentials");
    }

    /**
     * Checks a claim.
     *
     * @throws Refusal as {@link Authenticator#verify}; {@code INCOMPLETE_SIGNATURE} for missing or unacceptable credentials
     */
    public Authenticated verify(Claim claim, String sourceIp) {
        if (claim.authMethod() != AuthMethod.ACS3_HMAC_SHA256 && claim.flaw().isPresent()) {
            throw claim.flaw().get();
        }
        return authenticator.verify(claim, sourceIp);
    }

    private Claim basic(String credentials, SignedRequest.Headers headers, Transport transport) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(credentials);
        } catch (IllegalArgumentException malformed) {
            return flawed(AuthMethod.BASIC, "", "malformed basic credentials");
        }
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        Optional<String> id = text(Arrays.copyOf(decoded, colon)).filter(text -> !text.isEmpty());
        if (colon == decoded.length || id.isEmpty()) {
            return flawed(AuthMethod.BASIC, "", "malformed basic credentials");
        }
        if (!unreadable(headers, transport)) {
            Arrays.fill(decoded, (byte) 0);
            return flawed(AuthMethod.BASIC, id.get(), "basic authentication without TLS");
        }
        SecretBytes given = SecretBytes.takeFrom(Arrays.copyOfRange(decoded, colon + 1, decoded.length));
        Arrays.fill(decoded, (byte) 0);
        return Claim.complete(AuthMethod.BASIC, id.get(), "", "", new Password(given));
    }

    /** Whether nobody between the client and this server could read the secret. */
    private boolean unreadable(SignedRequest.Headers headers, Transport transport) {
        if (transport.tls()) {
            return true;
        }
        if (clientAddress.trusts(transport.peer())) {
            List<String> reported = headers.all("X-Forwarded-Proto");
            return !reported.isEmpty()
                    && reported.stream()
                            .flatMap(line -> Arrays.stream(line.split(",", -1)))
                            .allMatch(scheme -> scheme.trim().equalsIgnoreCase("https"));
        }
        return ClientAddress.loopback(transport.peer())
                && FORWARDING.stream().allMatch(name -> headers.all(name).isEmpty());
    }

    private static Optional<String> text(byte[] octets) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString());
        } catch (CharacterCodingException malformed) {
            return Optional.empty();
        }
    }

    private static Claim flawed(AuthMethod authMethod, String accessKeyId, String why) {
        return Claim.flawed(
                authMethod,
                accessKeyId,
                "",
                Refusal.of(ErrorCode.INCOMPLETE_SIGNATURE).because(why));
    }

    private record Password(SecretBytes given) implements Claim.Proof {

        @Override
        public boolean holds(SecretBytes secret) {
            return secret.use(expected -> given.use(sent -> MessageDigest.isEqual(expected, sent)));
        }

        @Override
        public String stringToSign() {
            return "";
        }
    }
}
