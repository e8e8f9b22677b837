package dev.keyledger.api.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Events on the page: a line each, for people or for programs. */
final class EventLines {

    private static final Set<String> BAD =
            Set.of("destroyed", "material-deleted", "material-expired", "deletion-scheduled");
    private static final Set<String> GOOD = Set.of("created", "enabled", "material-imported", "deletion-cancelled");
    private static final Set<String> WARNING =
            Set.of("disabled", "import-token-exhausted", "expiry-near", "deletion-near");

    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String FAINT = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    /** The longest type of a key, so that columns stay where they are. */
    private static final int TYPE_WIDTH = 31;

    /** What stands in the line already. */
    private static final Set<String> SHOWN = Set.of("at", "keyId", "name");

    private final PrintWriter out;
    private final boolean json;
    private final boolean colour;
    private long left;

    EventLines(PrintWriter out, boolean json, boolean colour, long limit) {
        this.out = out;
        this.json = json;
        this.colour = colour;
        this.left = limit;
    }

    /** Whether as many were shown as were wanted. */
    boolean isFull() {
        return left <= 0;
    }

    /** Shows an event, and does not keep it back. */
    void show(String event) {
        show(JsonMapper.shared().readTree(event), event);
    }

    /** As above, of what was read already. */
    void show(JsonNode event) {
        show(event, event.toString());
    }

    private void show(JsonNode event, String text) {
        out.println(json ? text : line(event));
        out.flush();
        left--;
    }

    private String line(JsonNode event) {
        String type = event.path("type").asString("");
        String name = type.startsWith(EventsCommand.PREFIX) ? type.substring(EventsCommand.PREFIX.length()) : type;
        String padded = name + " ".repeat(Math.max(1, TYPE_WIDTH - name.length()));
        return paint(FAINT, event.path("time").asString("")) + "  "
                + paint(hue(name), OutputOptions.printable(padded))
                + OutputOptions.printable(event.path("subject").asString(""))
                + details(event);
    }

    private static String details(JsonNode event) {
        String subject = event.path("subject").asString("");
        return event.path("data").properties().stream()
                .filter(member -> !member.getValue().isNull())
                // An alias event names its key; a key event names itself.
                .filter(member -> !SHOWN.contains(member.getKey())
                        || (member.getKey().equals("keyId")
                                && !member.getValue().asString("").equals(subject)))
                .map(EventLines::detail)
                .collect(Collectors.joining());
    }

    private static String detail(Map.Entry<String, JsonNode> member) {
        JsonNode value = member.getValue();
        String text = value.isValueNode() ? value.asString() : value.toString();
        return text.isEmpty() ? "" : "  " + member.getKey() + "=" + OutputOptions.printable(text);
    }

    private static String hue(String name) {
        String what = name.substring(name.indexOf('.') + 1);
        if (BAD.contains(what)) {
            return RED;
        }
        if (WARNING.contains(what)) {
            return YELLOW;
        }
        return GOOD.contains(what) ? GREEN : "";
    }

    private String paint(String hue, String text) {
        return colour && !hue.isEmpty() ? hue + text + PLAIN : text;
    }
}
