package dev.keyledger.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "bench",
        description = "Measures the packaged service beside what its container and its database can do.",
        subcommands = {
            UsePathCommand.class,
            LogCostCommand.class,
            CommandsCommand.class,
            FillCommand.class,
            ReplayCommand.class,
            FillLogCommand.class,
            LogQueriesCommand.class,
            ScaleCommand.class,
            MemoryCommand.class,
            StartUpCommand.class,
            PureCommand.class,
            TimingCommand.class,
            VerifyBundleCommand.class,
            WebhooksCommand.class,
            EventsCommand.class,
            CommandLine.HelpCommand.class
        })
final class BenchApplication {

    private BenchApplication() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchApplication())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }
}
