package dev.keyledger.api.startup;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Who this store is: fixed by its first start, the same for every node.
 *
 * @param storeId identity of the store
 * @param region region part of every ARN
 * @param accountId account part of every ARN; digits
 * @param eventSource CloudEvents {@code source} of the store's events
 * @param testClock whether the store was made with the drivable clock
 */
public record StoreIdentity(UUID storeId, String region, String accountId, String eventSource, boolean testClock) {

    /** Reads the identity, or makes it at the first start; a setting that contradicts the store refuses the start. */
    static StoreIdentity establish(JdbcClient jdbc, Settings settings, SecureRandom random) {
        String account = settings.accountId().orElseGet(() -> randomDigits(random));
        String region = settings.region().orElse("cn-hangzhou");
        UUID storeId = UUID.randomUUID();
        jdbc.sql("""
                        insert into store_identity (store_id, region, account_id, event_source, test_clock, created_at)
                        values (:storeId, :region, :account, :source, :testClock, keyledger_now())
                        on conflict do nothing
                        """)
                .param("storeId", storeId)
                .param("region", region)
                .param("account", account)
                .param("source", "acs:kms:" + region + ":" + account)
                .param("testClock", settings.testClock())
                .update();
        StoreIdentity identity = find(jdbc).orElseThrow();
        if (settings.region().isPresent() && !identity.region.equals(region)) {
            throw new StartupFailure("KEYLEDGER_REGION is " + region + " but this store was made for " + identity.region
                    + "; the region is fixed at the first start.");
        }
        if (settings.accountId().isPresent() && !identity.accountId.equals(account)) {
            throw new StartupFailure("KEYLEDGER_ACCOUNT_ID is " + account + " but this store was made for "
                    + identity.accountId + "; the account is fixed at the first start.");
        }
        if (identity.testClock != settings.testClock()) {
            throw new StartupFailure(
                    identity.testClock
                            ? "This store was made with the test clock and starts only with KEYLEDGER_TEST_CLOCK=true."
                            : "KEYLEDGER_TEST_CLOCK=true is set but this store was made without the test clock; use a new data directory.");
        }
        return identity;
    }

    private static Optional<StoreIdentity> find(JdbcClient jdbc) {
        return jdbc.sql("select store_id, region, account_id, event_source, test_clock from store_identity")
                .query(StoreIdentity.class)
                .optional();
    }

    private static String randomDigits(SecureRandom random) {
        // The first digit is never zero, so that no tool which reads the account as a number shortens it.
        return random.nextInt(1, 10)
                + random.ints(15, 0, 10).mapToObj(Integer::toString).collect(Collectors.joining());
    }

    /** ARN of a key. */
    public String keyArn(String keyId) {
        return "acs:kms:" + region + ":" + accountId + ":key/" + keyId;
    }

    /** ARN of an alias; the name includes its {@code alias/} prefix. */
    public String aliasArn(String aliasName) {
        return "acs:kms:" + region + ":" + accountId + ":" + aliasName;
    }
}
