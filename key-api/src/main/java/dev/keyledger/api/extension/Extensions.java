package dev.keyledger.api.extension;

import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.extension.event.KeyEventHandler;
import dev.keyledger.extension.event.Start;
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
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extensions of this node: every jar of the directory must be one. Loaded before the database is touched, and whatever is wrong with one
 * refuses the start: a node that served without a report or a handler would be believed to
 * have it.
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

    /**
     * A handler of events and where it came from.
     *
     * @param name what it calls itself
     * @param start where it says that it begins
     */
    public record LoadedHandler(Path jar, String name, Start start, KeyEventHandler handler) {}

    /** What a handler may be called; as reports are. */
    private static final Pattern HANDLER_NAME = Pattern.compile("[a-z][a-z0-9]{0,23}");

    /** What subscribers of the service itself are called. */
    private static final Set<String> TAKEN = Set.of("kafka");

    private final List<ExtensionLoader> loaders = new ArrayList<>();
    private final List<Loaded> reports = new ArrayList<>();
    private final List<LoadedHandler> handlers = new ArrayList<>();

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
            int before = reports.size() + handlers.size();
            for (Report report : ServiceLoader.load(Report.class, loader)) {
                if (report.getClass().getClassLoader() == loader) {
                    reports.add(new Loaded(jar, ExtensionReport.of(report)));
                }
            }
            for (KeyEventHandler handler : ServiceLoader.load(KeyEventHandler.class, loader)) {
                if (handler.getClass().getClassLoader() == loader) {
                    handlers.add(loaded(jar, handler));
                }
            }
            if (reports.size() + handlers.size() == before) {
                throw refusal(
                        jar,
                        "it names no report in META-INF/services/" + Report.class.getName()
                                + " and no handler in META-INF/services/" + KeyEventHandler.class.getName(),
                        null);
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

    private static LoadedHandler loaded(Path jar, KeyEventHandler handler) {
        String name = handler.name();
        if (name == null || !HANDLER_NAME.matcher(name).matches()) {
            throw refusal(
                    jar,
                    handler.getClass().getName()
                            + " has no name of 1 to 24 lower-case letters and digits that begins with a letter",
                    null);
        }
        if (TAKEN.contains(name)) {
            throw refusal(jar, "the name " + name + " is that of a subscriber of the service itself", null);
        }
        Start start = handler.start();
        if (start == null) {
            throw refusal(jar, "the handler " + name + " does not say where it begins", null);
        }
        return new LoadedHandler(jar, name, start, handler);
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
        Map<String, Path> byName = new HashMap<>();
        reports.forEach(each -> refuseNamesake(byName, "report", each.report().name(), each.jar()));
        byName.clear();
        handlers.forEach(each -> refuseNamesake(byName, "handler", each.name(), each.jar()));
    }

    private static void refuseNamesake(Map<String, Path> byName, String what, String name, Path jar) {
        Path other = byName.put(name, jar);
        if (other != null) {
            throw refusal(
                    jar,
                    "the " + what + " " + name + " is in " + Objects.requireNonNull(other.getFileName()) + " too",
                    null);
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

    /** The handlers of all jars. */
    public List<LoadedHandler> handlers() {
        return List.copyOf(handlers);
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
