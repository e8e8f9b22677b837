package dev.keyledger.api.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Both signatures as the vendor's pages tell a client to make them, step by step and with the library functions they name; none of the code
 * under test, and another library's MAC. Written to be read and not to be fast.
 */
final class PlainSigning {

    private PlainSigning() {}

    /** The pages' recipe: the platform's form encoding, then three replacements. */
    static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            boolean unreserved = octet > 0 && String.valueOf((char) octet).matches("[A-Za-z0-9._~-]");
            encoded.append(unreserved ? String.valueOf((char) octet) : String.format("%%%02X", octet));
        }
        return encoded.toString();
    }

    /** Sorted by name, encoded, joined. */
    static String canonicalQuery(Map<String, String> parameters) {
        List<String> pairs = new ArrayList<>();
        for (Map.Entry<String, String> each : new TreeMap<>(parameters).entrySet()) {
            pairs.add(percentEncoded(each.getKey()) + "=" + percentEncoded(each.getValue()));
        }
        return String.join("&", pairs);
    }

    /** Version 1.0: everything but the signature itself; clients disagree about parameters with an empty value. */
    static String stringToSignOfV1(String method, Map<String, String> parameters, boolean withEmpty) {
        Map<String, String> covered = new HashMap<>(parameters);
        covered.remove("Signature");
        if (!withEmpty) {
            covered.values().removeIf(String::isEmpty);
        }
        return method + "&" + percentEncoded("/") + "&" + percentEncoded(canonicalQuery(covered));
    }

    static String signatureOfV1(String signatureMethod, String secret, String stringToSign) {
        Digest digest = signatureMethod.equals("HMAC-SHA1") ? new SHA1Digest() : new SHA256Digest();
        return Base64.getEncoder().encodeToString(hmac(digest, secret + "&", stringToSign));
    }

    /** Version 3: six lines, of which the headers are as many more. */
    static String canonicalRequest(
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            List<String> signedHeaders,
            String payloadHash) {
        StringBuilder text = new StringBuilder();
        text.append(method).append('\n');
        text.append(path).append('\n');
        text.append(canonicalQuery(query)).append('\n');
        for (String name : signedHeaders) {
            text.append(name)
                    .append(':')
                    .append(headers.getOrDefault(name, "").trim())
                    .append('\n');
        }
        text.append('\n');
        text.append(String.join(";", signedHeaders)).append('\n');
        text.append(payloadHash);
        return text.toString();
    }

    static String stringToSignOfV3(String canonicalRequest) {
        return "ACS3-HMAC-SHA256\n" + sha256(canonicalRequest.getBytes(StandardCharsets.UTF_8));
    }

    static String signatureOfV3(String secret, String stringToSign) {
        return HexFormat.of().formatHex(hmac(new SHA256Digest(), secret, stringToSign));
    }

    static String sha256(byte[] bytes) {
        SHA256Digest digest = new SHA256Digest();
        digest.update(bytes, 0, bytes.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return HexFormat.of().formatHex(hash);
    }

    /**
     * What an {@code Authorization} header says: parts between commas, each a name and, after the first equals sign, a value, with blanks around
     * both; none twice, and the three that count not empty. Empty names at the end of the header list do not count.
     */
    static Optional<Acs3Signature.Authorization> authorization(String header) {
        if (!header.startsWith("ACS3-HMAC-SHA256 ")) {
            return Optional.empty();
        }
        Map<String, String> parts = new HashMap<>();
        for (String part : header.substring("ACS3-HMAC-SHA256 ".length()).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                return Optional.empty();
            }
            String name = part.substring(0, equals).trim();
            if (parts.containsKey(name)) {
                return Optional.empty();
            }
            parts.put(name, part.substring(equals + 1).trim());
        }
        for (String name : List.of("Credential", "SignedHeaders", "Signature")) {
            if (parts.getOrDefault(name, "").isEmpty()) {
                return Optional.empty();
            }
        }
        List<String> signedHeaders = new ArrayList<>(List.of(
                parts.getOrDefault("SignedHeaders", "").toLowerCase(Locale.ROOT).split(";", -1)));
        while (!signedHeaders.isEmpty()
                && signedHeaders.get(signedHeaders.size() - 1).isEmpty()) {
            signedHeaders.remove(signedHeaders.size() - 1);
        }
        return Optional.of(new Acs3Signature.Authorization(
                parts.getOrDefault("Credential", ""), signedHeaders, parts.getOrDefault("Signature", "")));
    }

    private static byte[] hmac(Digest digest, String key, String text) {
        HMac mac = new HMac(digest);
        mac.init(new KeyParameter(key.getBytes(StandardCharsets.UTF_8)));
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        mac.update(message, 0, message.length);
        byte[] code = new byte[mac.getMacSize()];
        mac.doFinal(code, 0);
        return code;
    }
}
