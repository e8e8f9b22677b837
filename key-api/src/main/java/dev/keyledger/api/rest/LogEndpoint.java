package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.transparency.TransparencyLog;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/log}: the audit log as C2SP tlog-tiles has it, under the prefix {@code /v1/log}; and {@code /v1/audit/proof}, for those who have
 * no tiles at hand. Bytes are those of the specification, errors are problem details like everywhere under {@code /v1}.
 */
@RestController
class LogEndpoint {

    private static final String PREFIX = "/v1/log/";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** No log gets as long as eighteen digits. */
    private static final String NUMBER = "0|[1-9][0-9]{0,17}";

    private final RestGate gate;
    private final TransparencyLog log;

    LogEndpoint(RestGate gate, TransparencyLog log) {
        this.gate = gate;
        this.log = log;
    }

    /** The last checkpoint, a signed note. */
    @GetMapping(PREFIX + "checkpoint")
    ResponseEntity<?> checkpoint(HttpServletRequest request) {
        return gate.run(
                request,
                "GetLogCheckpoint",
                "log",
                call -> bytes(TEXT, log.checkpoint().map(SignedNote::bytes)));
    }

    /** The key to check it with, as C2SP signed-note spells it. */
    @GetMapping(PREFIX + "key")
    ResponseEntity<?> key(HttpServletRequest request) {
        return gate.run(
                request,
                "GetLogKey",
                "log",
                call -> bytes(TEXT, Optional.of((log.key().text() + "\n").getBytes(StandardCharsets.UTF_8))));
    }

    /** A tile of hashes or a bundle of records. */
    @GetMapping(PREFIX + "tile/**")
    ResponseEntity<?> tile(HttpServletRequest request) {
        // As it was sent: a path has one spelling, and none of it is ever encoded.
        String path = request.getRequestURI();
        String action = path.startsWith(PREFIX + "tile/entries/") ? "GetLogEntries" : "GetLogTile";
        return gate.run(request, action, "log", call -> {
            TilePath wanted = tilePath(path);
            return bytes(
                    MediaType.APPLICATION_OCTET_STREAM_VALUE,
                    wanted.isEntries() ? log.entries(wanted) : log.tile(wanted));
        });
    }

    private static TilePath tilePath(String path) {
        try {
            return TilePath.parse(path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path);
        } catch (IllegalArgumentException other) {
            throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND).because("not the path of a tile");
        }
    }

    private static ResponseEntity<?> bytes(String type, Optional<byte[]> found) {
        byte[] body = found.orElseThrow(
                () -> Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND).because("the log has nothing there yet"));
        return ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, type).body(body);
    }

    /** That a record is in the log: {@code index}, and {@code size} if it is not to be the last checkpoint's. */
    @GetMapping("/v1/audit/proof/inclusion")
    ResponseEntity<?> inclusion(HttpServletRequest request) {
        return gate.run(request, "GetInclusionProof", "log", call -> {
            long index = required(call, "index");
            OptionalLong size = number(call, "size");
            TransparencyLog.Inclusion found = (size.isPresent()
                            ? log.inclusion(index, size.getAsLong())
                            : log.inclusion(index))
                    .orElseThrow(
                            () -> Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND).because("no such record or size"));
            return ResponseEntity.ok(InclusionJson.of(found));
        });
    }

    /** That the log of one size, {@code from}, is the beginning of that of another: {@code to}, or the last checkpoint's. */
    @GetMapping("/v1/audit/proof/consistency")
    ResponseEntity<?> consistency(HttpServletRequest request) {
        return gate.run(request, "GetConsistencyProof", "log", call -> {
            long from = required(call, "from");
            long to = number(call, "to").orElseGet(log::size);
            TransparencyLog.Consistency found = log.consistency(from, to)
                    .orElseThrow(
                            () -> Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND).because("no such sizes"));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("from", from);
            body.put("to", to);
            body.put("fromRootHash", found.earlier().base64());
            body.put("toRootHash", found.later().base64());
            body.put("path", InclusionJson.base64(found.proof().path()));
            return ResponseEntity.ok(body);
        });
    }

    private static long required(RestCall call, String name) {
        return number(call, name).orElseThrow(() -> Refusal.of(ErrorCode.MISSING_PARAMETER, name));
    }

    private static OptionalLong number(RestCall call, String name) {
        String text = call.query(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!text.matches(NUMBER)) {
            throw Refusal.of(ErrorCode.INVALID_PARAMETER, name);
        }
        return OptionalLong.of(Long.parseLong(text));
    }
}
