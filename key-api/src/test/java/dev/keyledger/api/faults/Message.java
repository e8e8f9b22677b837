package dev.keyledger.api.faults;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A message of PostgreSQL's protocol, version 3 ("Frontend/Backend Protocol", message formats): a byte for its kind, its length, its body.
 */
final class Message {

    private static final int LARGEST = 64 << 20;

    /** Kind of the first message of a connection, which has none. */
    private static final char OPENING = 0;

    private final char kind;
    private final byte[] body;

    private Message(char kind, byte[] body) {
        this.kind = kind;
        this.body = body;
    }

    static Message read(DataInputStream in) throws IOException {
        char kind = (char) in.readUnsignedByte();
        return new Message(kind, body(in));
    }

    static Message readOpening(DataInputStream in) throws IOException {
        return new Message(OPENING, body(in));
    }

    private static byte[] body(DataInputStream in) throws IOException {
        int length = in.readInt() - Integer.BYTES;
        if (length < 0 || length > LARGEST) {
            throw new IOException("no message is " + length + " bytes long");
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return body;
    }

    void writeTo(DataOutputStream out) throws IOException {
        if (kind != OPENING) {
            out.writeByte(kind);
        }
        out.writeInt(body.length + Integer.BYTES);
        out.write(body);
    }

    char kind() {
        return kind;
    }

    /** One of the zero-terminated texts with which the body begins. */
    String text(int index) {
        int from = 0;
        for (int i = 0; i < index; i++) {
            from = end(from) + 1;
        }
        return new String(body, from, end(from) - from, StandardCharsets.UTF_8);
    }

    private int end(int from) {
        int at = from;
        while (at < body.length && body[at] != 0) {
            at++;
        }
        return at;
    }

    /** First byte of the body as a character. */
    char firstByte() {
        return (char) body[0];
    }
}
