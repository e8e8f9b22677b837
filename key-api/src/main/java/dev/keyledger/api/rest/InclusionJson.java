package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.transparency.TransparencyLog.Inclusion;
import dev.keyledger.evidence.tree.TreeHash;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A proof that a record is in the log, as JSON has it everywhere under {@code /v1}. */
public final class InclusionJson {

    private InclusionJson() {}

    /** Index, size, hashes in Base 64, and the checkpoint if there is one of this size. */
    public static Map<String, Object> of(Inclusion found) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("index", found.proof().index());
        body.put("size", found.proof().size());
        body.put("leafHash", found.leaf().base64());
        body.put("rootHash", found.root().base64());
        body.put("path", base64(found.proof().path()));
        found.checkpoint().ifPresent(note -> body.put("checkpoint", new String(note.bytes(), StandardCharsets.UTF_8)));
        return body;
    }

    static List<String> base64(List<TreeHash> path) {
        return path.stream().map(TreeHash::base64).toList();
    }
}
