package dev.keyledger.api.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** All commands but the service itself, whose start must not wait for any of this. */
@Command(
        name = "keyledger",
        versionProvider = ManifestVersion.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "A key management service: its server, and its client for operators.",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0   done",
            "  1   the server refused, and why; or a bundle is not what was signed",
            "  2   the command line is wrong; nothing was sent",
            "  3   no answer: whether the request was carried out is not known",
            "  4   nothing is wrong with a bundle, but it does not prove what was asked",
            "  70  a fault of this program",
            "",
            "keyledger is short for: java -jar keyledger.jar",
            "Completion for bash and zsh:  source <(java -jar keyledger.jar generate-completion)"
        },
        subcommands = {
            CommandLineTool.Serve.class,
            KeysCommand.class,
            AccessKeysCommand.class,
            AuditCommand.class,
            ReportsCommand.class,
            WebhooksCommand.class,
            EventsCommand.class,
            ReplayCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        })
public final class CommandLineTool {

    /** What is ours among first arguments; everything else is a setting of the service, or a mistake in one. */
    private static final Set<String> WORDS = Set.of(
            "keys",
            "access-keys",
            "audit",
            "reports",
            "webhooks",
            "events",
            "replay",
            "generate-completion",
            "help",
            "--help",
            "-h",
            "--version",
            "-V");

    /** The service, here for its place in the help alone: it is started before any of this is looked at. */
    @Command(
            name = "serve",
            description = "Start the service; also what happens without a command. Settings are --keyledger.name=value"
                    + " or KEYLEDGER_NAME variables.")
    static final class Serve {}

    /** Whether these arguments are for a command and not for the service. */
    public static boolean isFor(List<String> arguments) {
        return !arguments.isEmpty() && WORDS.contains(arguments.get(0));
    }

    /** Runs a command, on this process's standard output and error, and answers its exit code. */
    public static int run(List<String> arguments) {
        return execute(new CommandLine(new CommandLineTool()), arguments);
    }

    static int run(List<String> arguments, PrintWriter out, PrintWriter err) {
        return execute(new CommandLine(new CommandLineTool()).setOut(out).setErr(err), arguments);
    }

    private static int execute(CommandLine line, List<String> arguments) {
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Faults())
                .setUsageHelpAutoWidth(true)
                .execute(arguments.toArray(String[]::new));
    }

    /** Errors in a sentence; a stack only for faults of our own. */
    private static final class Faults implements IExecutionExceptionHandler {

        @Override
        public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
            PrintWriter err = line.getErr();
            int code;
            if (failure instanceof ServerRefusal) {
                err.println(failure.getMessage());
                code = ExitCode.REFUSED;
            } else if (failure instanceof NoAnswerException) {
                err.println(failure.getMessage());
                code = ExitCode.NO_ANSWER;
            } else {
                err.println("A fault of this program; please report what follows.");
                failure.printStackTrace(err);
                code = ExitCode.FAULT;
            }
            err.flush();
            return code;
        }
    }
}
