package dev.keyledger.bench.target;

import dev.keyledger.api.adapter.rootkey.FileRootKey;
import dev.keyledger.api.adapter.vault.VaultKeys;
import dev.keyledger.bench.fill.Origination;
import dev.keyledger.bench.fill.PlainTransactions;
import dev.keyledger.bench.fill.RowMaker;
import dev.keyledger.bench.fill.StoreFiller;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A store with the keys that its rows are made under.
 *
 * @param filler loads rows in bulk
 * @param transactions writes them one request at a time
 */
public record FillingStore(StoreFiller filler, PlainTransactions transactions) {

    private static final String USER_AGENT = "keyledger-bench";

    /** The store of a running node; what is filled in is for the node to use. */
    public static FillingStore of(NodeProcess node) {
        DataSource owner = node.store().owner();
        String account = JdbcClient.create(owner)
                .sql("select account_id from store_identity")
                .query(String.class)
                .single();
        return of(
                owner,
                node.rootKey(),
                new Origination(account, "bench", "bootstrap", node.accessKey().id(), USER_AGENT));
    }

    /** A database with the schema and no node. */
    public static FillingStore unattended(StoreAccess store) {
        SecureRandom random = new SecureRandom();
        SecretBytes rootKey = FileRootKey.generate(random);
        return of(
                store.owner(),
                new FileRootKey(rootKey, random),
                new Origination("1234567890123456", "bench", "bootstrap", "LTAIbenchbenchbench", USER_AGENT));
    }

    private static FillingStore of(DataSource owner, RootKeyProvider rootKey, Origination origination) {
        SecureRandom random = new SecureRandom();
        VaultKeys vault = new VaultKeys(owner, rootKey, random);
        return new FillingStore(
                new StoreFiller(owner, vault, origination),
                new PlainTransactions(new RowMaker(vault, origination, random)));
    }
}
