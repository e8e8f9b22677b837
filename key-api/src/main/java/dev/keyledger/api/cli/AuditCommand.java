package dev.keyledger.api.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The audit log: reading it, taking a part of it away as evidence, and checking that. */
@Command(
        name = "audit",
        description = "Read the audit log, export a part of it as evidence, and verify that offline.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {AuditRecordsCommand.class, AuditExportCommand.class, AuditVerifyCommand.class})
@SuppressWarnings({"NullAway.Init", "UnusedMethod"}) // The command line fills the fields and calls the methods.
final class AuditCommand {

    static final String RECORDS = "/v1/audit/records";
    static final String LOG = "/v1/log/";

    private static final String LOG_INDEX = "logIndex";

    @Spec
    private CommandSpec spec;

    @Command(name = "record", mixinStandardHelpOptions = true, description = "Show the record at a place in the log.")
    void record(
            @Mixin ServerOptions server,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "<log index>", description = "Its place: 0, 1, 2 and so on.") long logIndex,
            @Option(
                            names = "--proof",
                            paramLabel = "<file>",
                            description = "Also write its proof to a file (C2SP tlog-proof),"
                                    + " once a checkpoint covers the record.")
                    @Nullable
                    Path proof)
            throws IOException {
        if (logIndex < 0) {
            throw new ParameterException(spec.subcommands().get("record"), "places begin at 0");
        }
        String path = RECORDS + "/" + logIndex;
        try (ServerClient client = server.connect()) {
            JsonNode answer = client.ask("GET", path, Map.of(), null);
            if (proof != null) {
                Files.write(proof, client.bytes(path + ".tlog-proof"));
            }
            if (output.isJson()) {
                output.one(answer);
            } else {
                ObjectNode lines = JsonMapper.shared().createObjectNode();
                lines.set(LOG_INDEX, answer.path(LOG_INDEX));
                answer.path("record").properties().forEach(member -> lines.set(member.getKey(), member.getValue()));
                lines.put("provedIn", answer.path("proof").path("size").asString("no checkpoint yet"));
                output.one(lines);
            }
        }
    }

    @Command(
            name = "checkpoint",
            mixinStandardHelpOptions = true,
            description = "Show the last signed checkpoint of the log, as it is to be kept elsewhere.")
    void checkpoint(@Mixin ServerOptions server, @Mixin OutputOptions output) {
        try (ServerClient client = server.connect()) {
            String note = new String(client.bytes(LOG + "checkpoint"), StandardCharsets.UTF_8);
            if (output.isJson()) {
                ObjectNode result = JsonMapper.shared().createObjectNode();
                result.put("checkpoint", note);
                result.put("key", new String(client.bytes(LOG + "key"), StandardCharsets.UTF_8).stripTrailing());
                output.one(result);
            } else {
                PrintWriter out = spec.commandLine().getOut();
                out.print(note);
                out.flush();
            }
        }
    }
}
