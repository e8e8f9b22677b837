package dev.keyledger.api.adapter.vault;

import java.util.Locale;

/** What a domain key wraps; the lower-case name, with dashes, is stored and bound into the wrapping. */
enum DomainKeyPurpose {
    /** Key material; one per root generation, so that destroying a generation destroys what was deleted under it. */
    MATERIAL,
    /** Binding secrets of keys. */
    BINDING,
    /** Secrets of access keys; one per root generation. */
    CREDENTIAL,
    /** Import tokens and their private keys; one per day of store time. */
    TOKEN,
    /** The seed of the transparency log's signing key. */
    LOG_SIGNING,
    /** Secrets that webhooks are signed with; one per root generation. */
    WEBHOOK;

    String stored() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
