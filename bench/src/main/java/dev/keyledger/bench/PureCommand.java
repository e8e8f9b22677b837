package dev.keyledger.bench;

import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Microbenchmarks of signatures, decoding, encryption, encoding and hashing. */
@Command(
        name = "pure",
        description =
                "Microbenchmarks of what needs no database: signatures, ciphers, decoding, encoding, the tree of the log.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class PureCommand implements Runnable {

    @Parameters(arity = "0..*", description = "regular expressions of benchmarks (default: all)")
    List<String> which = List.of();

    @Option(names = "--quick", description = "one fork, short iterations: shows that it works")
    boolean quick;

    @Override
    public void run() {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .forks(quick ? 1 : 3)
                .warmupIterations(quick ? 2 : 5)
                .measurementIterations(quick ? 2 : 5)
                .warmupTime(TimeValue.milliseconds(quick ? 300 : 1_000))
                .measurementTime(TimeValue.milliseconds(quick ? 300 : 1_000))
                .shouldFailOnError(true);
        which.forEach(options::include);
        try {
            var unused = new Runner(options.build()).run();
        } catch (RunnerException failed) {
            throw new IllegalStateException("the benchmarks failed", failed);
        }
    }
}
