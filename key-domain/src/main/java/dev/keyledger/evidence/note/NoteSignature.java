package dev.keyledger.evidence.note;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** One line below a note: who signed, with which key, and the signature, whatever its type. */
public final class NoteSignature {

    private static final String START = "\u2014 ";

    private final String name;
    private final int keyId;
    private final byte[] signature;

    /**
     * @param name name of the key
     * @param keyId id of the key
     * @param signature at least one byte, copied
     * @throws IllegalArgumentException for a name with space or plus, or no signature
     */
    public NoteSignature(String name, int keyId, byte[] signature) {
        if (signature.length == 0) {
            throw new IllegalArgumentException("an empty signature");
        }
        this.name = KeyName.checked(name);
        this.keyId = keyId;
        this.signature = signature.clone();
    }

    static NoteSignature parse(String line) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(START) || space < START.length()) {
            throw new IllegalArgumentException("not the line of a signature");
        }
        byte[] bytes = StrictBase64.decode(line.substring(space + 1));
        if (bytes.length <= Integer.BYTES) {
            throw new IllegalArgumentException("a signature without bytes");
        }
        return new NoteSignature(
                line.substring(START.length(), space),
                ByteBuffer.wrap(bytes).getInt(),
                Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length));
    }

    /** Name of the key. */
    public String name() {
        return name;
    }

    /** Id of the key. */
    public int keyId() {
        return keyId;
    }

    /** A copy of the signature, without the id. */
    public byte[] signature() {
        return signature.clone();
    }

    boolean claims(VerifierKey key) {
        return keyId == key.id() && name.equals(key.name());
    }

    String line() {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES + signature.length)
                .putInt(keyId)
                .put(signature)
                .array();
        return START + name + " " + StrictBase64.encode(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoteSignature that
                && name.equals(that.name)
                && keyId == that.keyId
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(signature);
    }

    @Override
    public String toString() {
        return name + "+" + HexFormat.of().toHexDigits(keyId);
    }
}
