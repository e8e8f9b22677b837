package dev.keyledger.api.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/** Parts of the protocol that only this package sees, lent out to be measured alone. */
public final class ProtocolParts {

    private final ResponseEncoder encoder = new ResponseEncoder();

    /** Takes a form body apart as a request's is. */
    public Map<String, String> form(byte[] body) {
        Map<String, String> parameters = new LinkedHashMap<>();
        RequestDecoder.addForm(body, parameters);
        return parameters;
    }

    /** An answer in JSON. */
    public byte[] json(Object response, String requestId) {
        return encoder.success(WireFormat.JSON, response, requestId);
    }

    /** An answer in XML. */
    public byte[] xml(Object response, String requestId) {
        return encoder.success(WireFormat.XML, response, requestId);
    }
}
