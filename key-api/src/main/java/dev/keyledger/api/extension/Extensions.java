package dev.keyledger.api.extension;

import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.extension.report.Report;
import dev.keyledger.projection.report.ExtensionReport;
import dev.keyledger.projection.report.UnfitReportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extensions of this node: every jar of the directory must be one. Loaded before the database is touched, and whatever is wrong with one
 * refuses the start: a node that served without a report would be believed to have it.
 */
public final class Extensions implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Extensions.class);

    /** A report and where it came from. */
    public record Loaded(Path jar, ExtensionReport report) {

        /** The sentence for a jar that cannot be used. */
        public StartupFailure unfit(UnfitReportException why) {
            return refusal(jar, Objects.requireNonNull(why.getMessage()), why);
        }
    }

    private final List<ExtensionLoader> loaders = new ArrayList<>();
    private final List<Loaded> reports = new ArrayList<>();

    private Extensions() {}

    /** A node without any. */
    public static Extensions none() {
        return new Extensions();
    }

    /**
     * Loads every jar of a directory, in the order of their names. Other files are nobody's business.
     *
     * @throws StartupFailure that names the jar
     */
    public static Extensions in(Path directory) {
        Extensions extensions = new Extensions();
        try {
            for (Path jar : jars(directory)) {
                extensions.load(jar);
            }
            extensions.refuseNamesakes();
            return extensions;
        } catch (RuntimeException | Error failed) {
            extensions.close();
            throw failed;
        }
    }

    private static List<Path> jars(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Objects.requireNonNull(file.getFileName())
                            .toString()
                            .endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException unreadable) {
            throw new StartupFailure(
                    "KEYLEDGER_EXTENSIONS_DIR must be a directory that can be read: " + directory + ".", unreadable);
        }
    }

    private void load(Path jar) {
        try {
            ExtensionLoader loader = new ExtensionLoader(jar);
            loaders.add(loader);
            int before = reports.size();
            for (Report report : ServiceLoader.load(Report.class, loader)) {
                if (report.getClass().getClassLoader() == loader) {
                    reports.add(new Loaded(jar, ExtensionReport.of(report)));
                }
            }
            if (reports.size() == before) {
                throw refusal(jar, "it names no report in META-INF/services/" + Report.class.getName(), null);
            }
        } catch (IOException damaged) {
            throw refusal(jar, "it is no jar that can be read", damaged);
        } catch (UnfitReportException unfit) {
            throw refusal(jar, Objects.requireNonNull(unfit.getMessage()), unfit);
        } catch (StartupFailure sentence) {
            throw sentence;
        } catch (ServiceConfigurationError | LinkageError | AssertionError | RuntimeException broken) {
            throw refusal(jar, "its code cannot be loaded: " + kind(broken), broken);
        }
    }

    private static String kind(Throwable broken) {
        Throwable cause = broken.getCause() == null ? broken : broken.getCause();
        String message = cause.getMessage() == null ? "" : " (" + firstLine(cause.getMessage()) + ")";
        return cause.getClass().getSimpleName() + message;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private void refuseNamesakes() {
        Map<String, Loaded> byName = new HashMap<>();
        for (Loaded each : reports) {
            Loaded other = byName.put(each.report().name(), each);
            if (other != null) {
                throw refusal(
                        each.jar(),
                        "the report " + each.report().name() + " is in "
                                + Objects.requireNonNull(other.jar().getFileName()) + " too",
                        null);
            }
        }
    }

    private static StartupFailure refusal(Path jar, String why, @Nullable Throwable cause) {
        String sentence = "The extension " + jar + " cannot be used: " + why + "; repair it or take it out of"
                + " KEYLEDGER_EXTENSIONS_DIR.";
        return cause == null ? new StartupFailure(sentence) : new StartupFailure(sentence, cause);
    }

    /** The reports of all jars. */
    public List<Loaded> reports() {
        return List.copyOf(reports);
    }

    /** Closes the jars; whoever still runs their code has what it loaded. */
    @Override
    public void close() {
        for (ExtensionLoader loader : loaders) {
            try {
                loader.close();
            } catch (IOException failed) {
                LOG.warn(
                        "the jar of {} could not be closed: {}",
                        loader.getName(),
                        failed.getClass().getSimpleName());
            }
        }
    }
}
