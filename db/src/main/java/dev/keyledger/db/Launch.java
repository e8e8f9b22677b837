package dev.keyledger.db;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the server's programs are run on this machine. PostgreSQL refuses to run as root, so root either enters a user namespace in which it is
 * nobody, or becomes an ordinary user. On Linux the server is also told to stop cleanly when the thread that started it dies, and has a
 * session of its own, so that Ctrl-C in a terminal reaches Keyledger alone.
 */
final class Launch {

    private static final long TRIAL_SECONDS = 20;
    private static final List<String> ORDINARY_USERS = List.of("keyledger", "postgres", "nobody");

    private final List<String> identity;
    private final List<String> guard;
    private final @Nullable UserPrincipal owner;

    private Launch(List<String> identity, List<String> guard, @Nullable UserPrincipal owner) {
        this.identity = identity;
        this.guard = guard;
        this.owner = owner;
    }

    private Launch(List<String> identity, @Nullable UserPrincipal owner) {
        this(identity, guard(identity), owner);
    }

    /** The same as on a system that has no death signal: the server outlives a killed Keyledger. */
    Launch withoutGuard() {
        return new Launch(identity, List.of(), owner);
    }

    /** Finds out what works here by trying it. */
    static Launch detect() {
        if (!isRoot()) {
            return asOurselves();
        }
        return inNamespace()
                .or(Launch::asOrdinaryUser)
                .orElseThrow(() -> new EmbeddedPostgresException(
                        "PostgreSQL does not run as root, and this system allows neither a user namespace (unshare -U) nor a change of user"
                                + " (setpriv); start Keyledger as an ordinary user."));
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static Launch asOurselves() {
        return new Launch(List.of(), null);
    }

    static Optional<Launch> inNamespace() {
        List<String> prefix = List.of("unshare", "-U");
        return works(prefix) ? Optional.of(new Launch(prefix, null)) : Optional.empty();
    }

    static Optional<Launch> asOrdinaryUser() {
        for (String name : ORDINARY_USERS) {
            try {
                UserPrincipal user =
                        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
                List<String> prefix = List.of(
                        "setpriv", "--reuid=" + name, "--regid=" + output(List.of("id", "-g", name)), "--clear-groups");
                if (works(prefix)) {
                    return Optional.of(new Launch(prefix, user));
                }
            } catch (UserPrincipalNotFoundException unknown) {
                // The next name, then.
            } catch (IOException noSuchProgram) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static List<String> guard(List<String> identity) {
        // Last before the server itself: a change of identity would clear the death signal again.
        List<String> full = List.of("setsid", "setpriv", "--pdeathsig", "INT");
        List<String> whole = new ArrayList<>(identity);
        whole.addAll(full);
        return works(whole) ? full : List.of();
    }

    /** Whether the server stops by itself when this process is killed. */
    boolean guardsAgainstOrphans() {
        return !guard.isEmpty();
    }

    /** The user who must own the database's files, if that is not the user of this process. */
    Optional<UserPrincipal> owner() {
        return Optional.ofNullable(owner);
    }

    /** A program that ends by itself. */
    ProcessBuilder program(Path program, List<String> arguments) {
        return builder(List.of(), program, arguments);
    }

    /** The server. */
    ProcessBuilder server(Path program, List<String> arguments) {
        return builder(guard, program, arguments);
    }

    private ProcessBuilder builder(List<String> between, Path program, List<String> arguments) {
        List<String> command = new ArrayList<>(identity);
        command.addAll(between);
        command.add(program.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        onlyPath(builder.environment());
        return builder.redirectErrorStream(true);
    }

    /** Whether the server's user may write into a directory, which fails where a parent is closed to others. */
    boolean canWrite(Path directory) {
        List<String> command = new ArrayList<>(identity);
        command.addAll(List.of("test", "-w", directory.toString()));
        return succeeds(command);
    }

    private static boolean works(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        return succeeds(command);
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(nothing())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(nothing())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    static ProcessBuilder.Redirect nothing() {
        return ProcessBuilder.Redirect.from(new File("/dev/null"));
    }

    /** The server inherits no secret setting, and no PG… variable that would change what it does. */
    private static void onlyPath(Map<String, String> environment) {
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
    }
}
