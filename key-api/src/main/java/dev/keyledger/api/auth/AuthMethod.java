package dev.keyledger.api.auth;

/** How a request proved who sent it, in the spelling of the audit record. */
public enum AuthMethod {
    /** Signature version 1.0 with HMAC-SHA1. */
    V1_HMAC_SHA1("V1-HMAC-SHA1"),
    /** Signature version 1.0 with HMAC-SHA256. */
    V1_HMAC_SHA256("V1-HMAC-SHA256"),
    /** Signature version 3. */
    ACS3_HMAC_SHA256("ACS3-HMAC-SHA256"),
    /** HTTP basic authentication with an access key; only under {@code /v1}. */
    BASIC("basic"),
    /** No request: the system acted by itself. */
    SYSTEM("system"),
    /** Nothing was proved. */
    NONE("none");

    private final String text;

    AuthMethod(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
