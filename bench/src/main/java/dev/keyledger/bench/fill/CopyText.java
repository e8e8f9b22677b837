package dev.keyledger.bench.fill;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Rows in the text form of PostgreSQL's {@code COPY}. For one thread. */
final class CopyText {

    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder text = new StringBuilder();

    void add(StoreRow row) {
        boolean first = true;
        for (Object value : row.values()) {
            if (!first) {
                text.append('\t');
            }
            first = false;
            append(value);
        }
        text.append('\n');
    }

    private void append(@Nullable Object value) {
        if (value == null) {
            text.append("\\N");
        } else if (value instanceof byte[] bytes) {
            // The backslash of bytea's own form is escaped once more for COPY.
            text.append("\\\\x").append(HEX.formatHex(bytes));
        } else if (value instanceof byte[][] many) {
            text.append('{');
            for (int i = 0; i < many.length; i++) {
                // And twice more inside an array.
                text.append(i == 0 ? "\"" : ",\"")
                        .append("\\\\\\\\x")
                        .append(HEX.formatHex(many[i]))
                        .append('"');
            }
            text.append('}');
        } else if (value instanceof Object[] many) {
            text.append('{');
            for (int i = 0; i < many.length; i++) {
                text.append(i == 0 ? "" : ",").append(plain(many[i].toString()));
            }
            text.append('}');
        } else if (value instanceof Instant || value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            escaped(value.toString());
        }
    }

    /** Array members here are identifiers and numbers. */
    private static String plain(String member) {
        if (!member.matches("[0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("not made for such array members: " + member);
        }
        return member;
    }

    private void escaped(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(c);
            }
        }
    }

    /** All rows so far, which are then forgotten. */
    byte[] take() {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        text.setLength(0);
        return bytes;
    }
}
