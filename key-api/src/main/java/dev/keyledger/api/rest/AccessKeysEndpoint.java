package dev.keyledger.api.rest;

import dev.keyledger.api.auth.AccessKey;
import dev.keyledger.api.auth.AccessKeyRegistry;
import dev.keyledger.api.auth.AccessKeyRegistry.Entry;
import dev.keyledger.api.auth.AccessKeyRegistry.NewAccessKey;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/access-keys}: makes access keys and shows their secret once, lists, disables, enables and deletes them. A change that was
 * answered holds for the next request on every node.
 *
 * <p>The last enabled access key can be neither disabled nor deleted, whoever asks: nobody could undo it.
 */
@RestController
class AccessKeysEndpoint {

    private static final String COLLECTION = "/v1/access-keys";
    private static final String ONE = COLLECTION + "/{id}";

    private static final Pattern PRINCIPAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}");

    /** What acts without a request is recorded under this name. */
    private static final String SYSTEM = "system";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final RestGate gate;
    private final AuditedChanges changes;
    private final AccessKeyRegistry accessKeys;

    AccessKeysEndpoint(RestGate gate, AuditedChanges changes, AccessKeyRegistry accessKeys) {
        this.gate = gate;
        this.changes = changes;
        this.accessKeys = accessKeys;
    }

    @PostMapping(COLLECTION)
    ResponseEntity<?> create(HttpServletRequest request) {
        return gate.run(request, "CreateAccessKey", "*", call -> {
            String principal = principal(call.json());
            NewAccessKey made = changes.make(call, () -> {
                NewAccessKey fresh = accessKeys.create(principal, call.caller().accessKeyId());
                call.audit().internalReason(fresh.entry().id() + " for " + principal);
                return fresh;
            });
            Map<String, Object> body = body(made.entry());
            body.put("accessKeySecret", made.secret());
            // A secret has no place in any cache on the way.
            return ResponseEntity.status(HttpStatus.CREATED)
                    .header("Cache-Control", "no-store")
                    .body(body);
        });
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return gate.run(request, "ListAccessKeys", "*", call -> {
            int limit = limit(call.query("limit"));
            // One more than asked for tells whether there is a next page.
            List<Entry> found = accessKeys.list(after(call.query("cursor")), limit + 1);
            List<Entry> page = found.subList(0, Math.min(limit, found.size()));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("accessKeys", page.stream().map(AccessKeysEndpoint::body).toList());
            if (found.size() > limit) {
                body.put("nextCursor", cursor(page.get(limit - 1).id()));
            }
            return ResponseEntity.ok(body);
        });
    }

    @PostMapping(ONE + "/disable")
    ResponseEntity<?> disable(HttpServletRequest request, @PathVariable("id") String id) {
        return change(request, "DisableAccessKey", id, true, () -> accessKeys.setStatus(id, AccessKey.Status.DISABLED));
    }

    @PostMapping(ONE + "/enable")
    ResponseEntity<?> enable(HttpServletRequest request, @PathVariable("id") String id) {
        return change(request, "EnableAccessKey", id, false, () -> accessKeys.setStatus(id, AccessKey.Status.ENABLED));
    }

    @DeleteMapping(ONE)
    ResponseEntity<?> delete(HttpServletRequest request, @PathVariable("id") String id) {
        return change(request, "DeleteAccessKey", id, true, () -> accessKeys.delete(id));
    }

    private ResponseEntity<?> change(
            HttpServletRequest request, String action, String id, boolean takesAway, BooleanSupplier change) {
        return gate.run(request, action, id, call -> {
            call.audit().internalReason(id);
            return changes.make(call, () -> {
                boolean last = takesAway && !accessKeys.anotherIsEnabled(id);
                if (!change.getAsBoolean()) {
                    throw Refusal.of(ErrorCode.ACCESS_KEY_NOT_FOUND).because(id);
                }
                if (last) {
                    throw Refusal.of(ErrorCode.LAST_ACCESS_KEY).because(id);
                }
                return ResponseEntity.noContent().build();
            });
        });
    }

    private static String principal(JsonNode body) {
        JsonNode principal = body.path("principal");
        if (principal.isMissingNode()) {
            throw Refusal.of(ErrorCode.MISSING_PARAMETER, "principal");
        }
        if (!principal.isString()
                || !PRINCIPAL.matcher(principal.stringValue()).matches()
                || principal.stringValue().equals(SYSTEM)) {
            throw Refusal.of(ErrorCode.INVALID_PARAMETER, "principal");
        }
        return principal.stringValue();
    }

    private static int limit(String text) {
        if (text.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        if (text.matches("[0-9]{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        }
        throw Refusal.of(ErrorCode.INVALID_PARAMETER, "limit");
    }

    private static String cursor(String lastId) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(lastId.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String after(String cursor) {
        if (cursor.isEmpty()) {
            return null;
        }
        try {
            String lastId = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (lastId.chars().allMatch(c -> c > ' ' && c < 127)) {
                return lastId;
            }
        } catch (IllegalArgumentException notBase64) {
            // Falls through to the one refusal for every cursor that was not ours.
        }
        throw Refusal.of(ErrorCode.INVALID_PARAMETER, "cursor");
    }

    private static Map<String, Object> body(Entry entry) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("accessKeyId", entry.id());
        body.put("principal", entry.principal());
        body.put("status", entry.status() == AccessKey.Status.ENABLED ? "Active" : "Inactive");
        body.put("bootstrap", entry.bootstrap());
        body.put("createdAt", entry.createdAt().toString());
        body.put("createdBy", entry.createdBy());
        return body;
    }
}
