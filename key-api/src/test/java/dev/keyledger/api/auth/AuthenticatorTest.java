package dev.keyledger.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What cannot be seen over HTTP: settings, wiping, probing, and basic authentication over TLS. */
class AuthenticatorTest {

    private static final Instant NOW = Instant.parse("2018-03-30T08:15:30Z");
    private static final String SECRET = "secret";

    private final List<SecretBytes> lent = new ArrayList<>();
    private final List<Optional<NonceProbe>> probes = new ArrayList<>();

    @Test
    void a_request_without_a_nonce_is_refused_where_nonces_are_required() {
        Authenticator strict = authenticator(true);

        assertRefused(() -> strict.verify(claim(strict, null), "::1"), ErrorCode.MISSING_PARAMETER);
        assertThat(strict.verify(claim(strict, "n"), "::1").nonce()).contains("n");
        assertThat(authenticator(false).verify(claim(strict, null), "::1").nonce())
                .isEmpty();
    }

    @Test
    void the_nonce_is_looked_up_with_the_access_key() {
        Authenticator authenticator = authenticator(false);

        authenticator.verify(claim(authenticator, "n"), "::1");
        authenticator.verify(claim(authenticator, null), "::1");

        assertThat(probes).containsExactly(Optional.of(new NonceProbe("n", NOW)), Optional.empty());
    }

    @Test
    void a_secret_is_wiped_whether_or_not_it_was_the_right_one() {
        Authenticator authenticator = authenticator(false);
        authenticator.verify(claim(authenticator, "n"), "::1");
        Claim wrong = authenticator.claimOf(request(Map.of("Signature", "d3Jvbmc="), "GET"));
        assertRefused(() -> authenticator.verify(wrong, "::1"), ErrorCode.SIGNATURE_DOES_NOT_MATCH);

        assertThat(lent).hasSize(2);
        assertThat(lent)
                .allSatisfy(secret ->
                        assertThatThrownBy(() -> secret.use(bytes -> bytes)).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void the_caller_is_the_principal_with_its_address() {
        Authenticator authenticator = authenticator(false);

        assertThat(authenticator
                        .verify(claim(authenticator, "n"), "203.0.113.5")
                        .caller())
                .isEqualTo(new Caller("bootstrap", "ak", AuthMethod.V1_HMAC_SHA1, "203.0.113.5"));
    }

    @Test
    void nothing_a_claim_says_about_itself_shows_more_than_the_access_key() {
        assertThat(claim(authenticator(false), "n").toString()).isEqualTo("Claim[V1-HMAC-SHA1 ak]");
        assertThat(request(Map.of("Plaintext", "cGxhaW4="), "GET").toString()).doesNotContain("cGxhaW4=");
    }

    @Test
    void basic_authentication_over_tls_is_accepted_from_anywhere_and_needs_no_nonce() {
        RestAuthentication rest = new RestAuthentication(authenticator(true), new ClientAddress(List.of()));

        Claim claim = rest.claimOf(basic(), new RestAuthentication.Transport("203.0.113.5", true));

        assertThat(rest.verify(claim, "203.0.113.5").caller().authMethod()).isEqualTo(AuthMethod.BASIC);
    }

    @Test
    void basic_authentication_in_the_clear_from_elsewhere_is_refused_before_the_secret_is_looked_at() {
        RestAuthentication rest = new RestAuthentication(authenticator(false), new ClientAddress(List.of()));

        Claim claim = rest.claimOf(basic(), new RestAuthentication.Transport("203.0.113.5", false));

        assertThat(claim.accessKeyId()).isEqualTo("ak");
        assertRefused(() -> rest.verify(claim, "203.0.113.5"), ErrorCode.INCOMPLETE_SIGNATURE);
        assertThat(lent).isEmpty();
    }

    private static void assertRefused(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static SignedRequest basic() {
        String credentials = Base64.getEncoder().encodeToString(("ak:" + SECRET).getBytes(StandardCharsets.UTF_8));
        return new SignedRequest(
                "GET",
                "/v1/x",
                Map.of(),
                Map.of(),
                name -> name.equalsIgnoreCase("authorization") ? List.of("basic " + credentials) : List.of(),
                "");
    }

    private static Claim claim(Authenticator authenticator, @Nullable String nonce) {
        Map<String, String> more = nonce == null ? Map.of() : Map.of("SignatureNonce", nonce);
        SignedRequest unsigned = request(more, "GET");
        Map<String, String> signed = new LinkedHashMap<>(more);
        signed.put(
                "Signature",
                V1Signature.sign(
                        V1Signature.Algorithm.HMAC_SHA1,
                        secret(),
                        V1Signature.stringToSign("GET", unsigned.parameters())));
        return authenticator.claimOf(request(signed, "GET"));
    }

    private static SignedRequest request(Map<String, String> more, String method) {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of(
                "AccessKeyId", "ak",
                "SignatureMethod", "HMAC-SHA1",
                "SignatureVersion", "1.0",
                "Timestamp", "2018-03-30T08:15:30Z"));
        parameters.putAll(more);
        return new SignedRequest(method, "/", parameters, parameters, name -> List.of(), "");
    }

    private Authenticator authenticator(boolean requireNonce) {
        AccessKeys keys = (id, probe) -> {
            probes.add(Optional.ofNullable(probe));
            SecretBytes secret = secret();
            lent.add(secret);
            return Optional.of(new AccessKey(id, "bootstrap", AccessKey.Status.ENABLED, secret, false));
        };
        RequestTimes times = new RequestTimes() {
            @Override
            public Instant machineNow() {
                return NOW;
            }

            @Override
            public Instant storeNow() {
                return NOW;
            }
        };
        return new Authenticator(keys, times, requireNonce, new SecureRandom());
    }

    private static SecretBytes secret() {
        return SecretBytes.copyOf(SECRET.getBytes(StandardCharsets.UTF_8));
    }
}
