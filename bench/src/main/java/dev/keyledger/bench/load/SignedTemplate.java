package dev.keyledger.bench.load;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One request of the vendor's protocol, as a form in a POST, signed with version 1.0 and HMAC-SHA1. All that stays the same from one sending
 * to the next is made once; each sending has a nonce and a time stamp of its own and therefore a signature of its own. One parameter may be
 * left open and be given another value for each sending.
 *
 * <p>Source: the vendor's page "Signature". For one thread at a time.
 */
public final class SignedTemplate {

    private static final int NONCE_CHARACTERS = 32;
    private static final String NONCE_PLACE = "f".repeat(NONCE_CHARACTERS);
    private static final String TIME_PLACE = "2000-01-01T00:00:00Z";
    /** Stands for the value of the open parameter. */
    public static final String OPEN = "open-parameter";

    private static final String OPEN_PLACE = "=" + OPEN;
    private static final String MAC = "HmacSHA1";
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Longest form of a signature: 28 characters of Base64, each perhaps escaped. */
    private static final int MAX_SIGNATURE = 28 * 3;

    private final byte[] head;
    /** Before and after the open parameter's value, as sent and as signed; without one, all is after it. */
    private final byte[] formBefore;

    private final byte[] formAfter;
    private final byte[] signedBefore;
    private final byte[] signedAfter;
    private final int nonceInForm;
    private final int nonceInSigned;
    private final int timeInForm;
    private final int timeInSigned;
    private byte[] valueInForm = new byte[0];
    private byte[] valueInSigned = new byte[0];

    private SignedTemplate(byte[] head, String canonical) {
        this.head = head;
        int open = canonical.indexOf(OPEN_PLACE);
        String before = open < 0 ? "" : canonical.substring(0, open + 1);
        String after = open < 0 ? canonical : canonical.substring(open + OPEN_PLACE.length());
        this.formBefore = ascii(before);
        this.formAfter = ascii(after + "&Signature=");
        this.signedBefore = ascii("POST&" + encoded("/") + "&" + encoded(before));
        this.signedAfter = ascii(encoded(after));
        // The names of both sort behind those of all parameters that can be left open.
        this.nonceInForm = indexOf(formAfter, NONCE_PLACE);
        this.nonceInSigned = indexOf(signedAfter, NONCE_PLACE);
        this.timeInForm = indexOf(formAfter, encoded(TIME_PLACE));
        this.timeInSigned = indexOf(signedAfter, encoded(encoded(TIME_PLACE)));
    }

    /**
     * A value made ready for the open parameter.
     *
     * @param inForm as sent
     * @param inSigned as signed
     */
    @SuppressWarnings("ArrayRecordComponent") // Written once; never compared, never printed.
    public record Value(byte[] inForm, byte[] inSigned) {

        /** Escapes a value. */
        public static Value of(String text) {
            String once = encoded(text);
            return new Value(ascii(once), ascii(encoded(once)));
        }
    }

    /** Gives the open parameter another value for what is written from now on. */
    public SignedTemplate with(Value value) {
        valueInForm = value.inForm;
        valueInSigned = value.inSigned;
        return this;
    }

    /** What signs: a MAC with its key, a source of nonces and the present second. For one thread. */
    public static final class Signer {

        private final Mac mac;
        private final long run = new SplittableRandom().nextLong();
        private long number;
        private long second = Long.MIN_VALUE;
        private byte[] time = new byte[0];
        private byte[] timeToSign = new byte[0];
        private final byte[] nonce = new byte[NONCE_CHARACTERS];

        /** Signs with the secret of an access key. */
        public Signer(AccessKeyPair accessKey) {
            try {
                mac = Mac.getInstance(MAC);
                mac.init(new SecretKeySpec((accessKey.secret() + "&").getBytes(StandardCharsets.UTF_8), MAC));
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java platform has " + MAC, impossible);
            }
        }

        private void next() {
            hex(run, 0);
            hex(number++, NONCE_CHARACTERS / 2);
            long now = System.currentTimeMillis() / 1000;
            if (now != second) {
                second = now;
                String text = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
                time = ascii(encoded(text));
                timeToSign = ascii(encoded(encoded(text)));
            }
        }

        private void hex(long value, int at) {
            for (int i = 0; i < 16; i++) {
                nonce[at + i] = HEX[(int) (value >>> (60 - 4 * i)) & 15];
            }
        }
    }

    /**
     * Makes a template.
     *
     * @param parameters of the operation, without the protocol's own; at most one of them {@link #OPEN}
     */
    public static SignedTemplate of(
            Endpoint endpoint, AccessKeyPair accessKey, String action, Map<String, String> parameters) {
        TreeMap<String, String> all = new TreeMap<>(parameters);
        all.put("Action", action);
        all.put("Version", "2016-01-20");
        all.put("Format", "JSON");
        all.put("AccessKeyId", accessKey.id());
        all.put("SignatureMethod", "HMAC-SHA1");
        all.put("SignatureVersion", "1.0");
        all.put("SignatureNonce", NONCE_PLACE);
        all.put("Timestamp", TIME_PLACE);
        StringBuilder canonical = new StringBuilder();
        all.forEach((name, value) -> canonical
                .append(canonical.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value)));
        String head = "POST / HTTP/1.1\r\nHost: " + endpoint.authority()
                + "\r\nUser-Agent: keyledger-bench\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
        return new SignedTemplate(ascii(head), canonical.toString());
    }

    /** Upper limit of the bytes that {@link #write} needs. */
    public int maxBytes() {
        return head.length + 24 + formBefore.length + valueInForm.length + formAfter.length + MAX_SIGNATURE;
    }

    /**
     * Writes the whole request, head and body, freshly signed.
     *
     * @return how many bytes were written
     */
    public int write(Signer signer, byte[] target) {
        signer.next();
        byte[] signature = Base64.getEncoder().encode(sign(signer));
        int length = formBefore.length + valueInForm.length + formAfter.length;
        for (byte character : signature) {
            length += needsEscape(character) ? 3 : 1;
        }
        int at = put(head, target, 0);
        at = put(ascii(Integer.toString(length)), target, at);
        at = put(END_OF_HEAD, target, at);
        at = put(formBefore, target, at);
        at = put(valueInForm, target, at);
        System.arraycopy(signer.nonce, 0, formAfter, nonceInForm, NONCE_CHARACTERS);
        System.arraycopy(signer.time, 0, formAfter, timeInForm, signer.time.length);
        at = put(formAfter, target, at);
        for (byte character : signature) {
            if (needsEscape(character)) {
                target[at++] = '%';
                target[at++] = (byte) Character.forDigit(character >> 4, 16);
                target[at++] = (byte) Character.toUpperCase(Character.forDigit(character & 15, 16));
            } else {
                target[at++] = character;
            }
        }
        return at;
    }

    private byte[] sign(Signer signer) {
        System.arraycopy(signer.nonce, 0, signedAfter, nonceInSigned, NONCE_CHARACTERS);
        System.arraycopy(signer.timeToSign, 0, signedAfter, timeInSigned, signer.timeToSign.length);
        signer.mac.update(signedBefore);
        signer.mac.update(valueInSigned);
        return signer.mac.doFinal(signedAfter);
    }

    private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");

    /** Of Base64's alphabet, plus, slash and the padding. */
    private static boolean needsEscape(byte character) {
        return character == '+' || character == '/' || character == '=';
    }

    private static int put(byte[] part, byte[] target, int at) {
        System.arraycopy(part, 0, target, at, part.length);
        return at + part.length;
    }

    private static int indexOf(byte[] text, String part) {
        int found = new String(text, StandardCharsets.US_ASCII).indexOf(part);
        if (found < 0) {
            throw new IllegalStateException("the template has no place for " + part);
        }
        return found;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** RFC 3986: everything but the unreserved characters as upper-case {@code %XX}. */
    static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if ((c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || c == '.'
                    || c == '~') {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return encoded.toString();
    }
}
