package dev.keyledger.api.rest;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.auth.Caller;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** One authenticated and authorised request to an endpoint under {@code /v1}. Belongs to one thread. */
public interface RestCall {

    Caller caller();

    /** UUID of this request, as answered in {@code x-acs-request-id}. */
    String requestId();

    /**
     * The draft of this request's single audit record. An endpoint that changes something makes it durable in its own transaction and then
     * says {@link AuditDraft#written()}; for all others the gate writes it.
     */
    AuditDraft audit();

    /**
     * The body, read strictly as one JSON object: duplicate members and trailing text are refused.
     *
     * @throws dev.keyledger.refusal.Refusal {@code PARSE_REQUEST_PARAMETER} if it is anything else
     */
    JsonNode json();

    /** A query parameter; empty text if it is absent. */
    String query(String name);

    /** All query parameters, decoded. */
    Map<String, String> queries();
}
