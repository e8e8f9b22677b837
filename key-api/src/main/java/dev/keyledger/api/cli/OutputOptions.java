package dev.keyledger.api.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.JsonNode;

/** How results are written: for people in columns, for programs as JSON, a line for each. */
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class OutputOptions {

    /** The two forms. */
    enum Form {
        TABLE,
        JSON
    }

    /** The space between two columns. */
    private static final String GAP = "  ";

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description =
                    "table (default) for people, json for programs: one object a line, with the server's own names.")
    private Form form;

    /** Whether a program is to read what is written. */
    boolean isJson() {
        return form == Form.JSON;
    }

    /** Members of results, as columns. */
    void rows(List<JsonNode> results, String... columns) {
        PrintWriter out = command.commandLine().getOut();
        if (form == Form.JSON) {
            results.forEach(out::println);
        } else {
            table(out, results, columns);
        }
        out.flush();
    }

    /** One result, a member a line. */
    void one(JsonNode result) {
        PrintWriter out = command.commandLine().getOut();
        if (form == Form.JSON) {
            out.println(result);
        } else {
            List<List<String>> cells = new ArrayList<>();
            result.properties().forEach(member -> cells.add(List.of(member.getKey(), printable(member.getValue()))));
            print(cells, out);
        }
        out.flush();
    }

    /** Members of results, as columns for people. */
    static void table(PrintWriter out, List<JsonNode> results, String... columns) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of(columns));
        for (JsonNode result : results) {
            cells.add(List.of(columns).stream()
                    .map(column -> printable(result.path(column)))
                    .toList());
        }
        print(cells, out);
    }

    private static void print(List<List<String>> lines, PrintWriter out) {
        int[] widths = new int[lines.isEmpty() ? 0 : lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length()))
                        .append(GAP);
            }
            out.println(text.toString().stripTrailing());
        }
    }

    /** Texts come from whoever may describe a key, and must not steer the terminal of whoever reads it. */
    private static String printable(JsonNode value) {
        return printable(value.isValueNode() ? value.asString() : value.isMissingNode() ? "" : value.toString());
    }

    /** As above, of a text. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (Character.isISOControl(c) || type == Character.FORMAT || type == Character.SURROGATE) {
                printable.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }
}
