package dev.keyledger.api.protocol;

import java.util.Set;

/** What kind of work an operation is: it decides with whom it competes for the service's means, and when its sender is looked up. */
public enum OperationClass {
    /** Cryptography with a key: decided and recorded by the journal, together with others. */
    USE,
    /** Looks at keys and changes nothing. */
    READ,
    /** Changes keys, aliases or tags. */
    CHANGE,
    /** Brings material in: a private RSA operation, and a token that may be used up. */
    IMPORT;

    private static final Set<String> USES = Set.of(
            "Encrypt",
            "Decrypt",
            "ReEncrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateAndExportDataKey",
            "ExportDataKey",
            "AsymmetricEncrypt",
            "AsymmetricDecrypt",
            "AsymmetricSign",
            "AsymmetricVerify");

    /** The class of an operation of the vendor's protocol. */
    public static OperationClass of(String operation) {
        if (USES.contains(operation)) {
            return USE;
        }
        if (operation.equals("ImportKeyMaterial") || operation.equals("GetParametersForImport")) {
            return IMPORT;
        }
        boolean reads = operation.startsWith("Describe") || operation.startsWith("List") || operation.startsWith("Get");
        return reads ? READ : CHANGE;
    }

    /**
     * Whether the sender may be recalled from memory, because nothing happens that the record could not take back: the statement that records
     * the request asks again whether the access key counts and the nonce is new, the answer waits for it, and so does the commit of a change.
     * An import alone leaves something behind at once, a failure counted in advance.
     */
    boolean senderMayBeRecalled() {
        return this != IMPORT;
    }

    /** Whether the operation reads with the ledger's connections; a key is described by the journal. */
    boolean readsTheLedger(String operation) {
        return this == READ && !operation.equals("DescribeKey");
    }
}
