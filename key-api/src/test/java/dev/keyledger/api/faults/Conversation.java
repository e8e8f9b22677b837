package dev.keyledger.api.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one connection is about: follows the names of prepared statements and the state of the transaction. */
final class Conversation {

    private static final char PARSE = 'P';
    private static final char BIND = 'B';
    private static final char QUERY = 'Q';
    private static final char ERROR = 'E';
    private static final char READY = 'Z';
    private static final char IDLE = 'I';

    private final Map<String, String> statements = new ConcurrentHashMap<>();
    private final List<Message> heldBack = new ArrayList<>();
    private volatile boolean recording;
    private volatile boolean numbering;
    private volatile boolean failed;

    /** Takes note of what the node is about to say; answers which moment that is. */
    Moment sent(Message message) {
        return switch (message.kind()) {
            case PARSE -> {
                statements.put(message.text(0), normal(message.text(1)));
                yield Moment.NONE;
            }
            case BIND -> executes(statements.getOrDefault(message.text(1), ""));
            case QUERY -> executes(normal(message.text(0)));
            default -> Moment.NONE;
        };
    }

    private static String normal(String sql) {
        return sql.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    }

    private Moment executes(String sql) {
        if (sql.contains("insert into audit_record")) {
            recording = true;
            return Moment.BEFORE_RECORD;
        }
        if (sql.equals("rollback")) {
            failed = true;
        }
        Moment ofNumbering = numbers(sql);
        if (ofNumbering != Moment.NONE) {
            return ofNumbering;
        }
        return recording && sql.equals("commit") ? Moment.BEFORE_COMMIT : Moment.NONE;
    }

    /** Which step this is of giving records their numbers. */
    private Moment numbers(String sql) {
        if (sql.contains("insert into audit_index")) {
            numbering = true;
            return Moment.BEFORE_NUMBERS;
        }
        if (sql.startsWith("update sequencer set epoch")) {
            return Moment.BEFORE_TERM;
        }
        if (sql.startsWith("select pg_current_xact_id()")) {
            return Moment.BEFORE_HORIZON;
        }
        if (sql.startsWith("select pg_snapshot_xmin(")) {
            return Moment.BEFORE_PASSAGE;
        }
        if (sql.startsWith("select 1 from sequencer")) {
            return Moment.BEFORE_CHUNK;
        }
        if (sql.startsWith("update sequencer set next_index")) {
            return Moment.BEFORE_HEAD;
        }
        return numbering && sql.equals("commit") ? Moment.BEFORE_CHUNK_COMMIT : Moment.NONE;
    }

    /** Takes the server's next message; answers what may be passed on now. */
    List<Message> answered(Message message) {
        heldBack.add(message);
        if (message.kind() == ERROR) {
            failed = true;
        }
        if (recording && message.kind() != READY) {
            return List.of();
        }
        List<Message> answer = List.copyOf(heldBack);
        heldBack.clear();
        return answer;
    }

    /** Which moment it is when this message has come from the server and not yet reached the node. */
    Moment momentAfter(Message message) {
        if (message.kind() != READY || message.firstByte() != IDLE) {
            return Moment.NONE;
        }
        Moment ended = numbering ? Moment.AFTER_CHUNK_COMMIT : recording ? Moment.AFTER_COMMIT : Moment.NONE;
        boolean committed = !failed;
        recording = false;
        numbering = false;
        failed = false;
        return committed ? ended : Moment.NONE;
    }
}
