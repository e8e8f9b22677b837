package dev.keyledger.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who used the machine's cores between two moments, from {@code /proc}: named processes with all they started, and the rest of the machine,
 * which a quiet machine has next to nothing of.
 */
public final class MachineUse {

    private static final Path PROC = Path.of("/proc");

    private final Map<String, Long> pids;
    private final Map<String, Long> usedBefore;
    private final Cores before;

    /**
     * Clock ticks of all cores since the start of the machine.
     *
     * @param stolen by the machine's host, which is no work of ours and no idling either
     */
    private record Cores(long total, long idle, long stolen) {

        static Cores now() {
            String line = read(PROC.resolve("stat")).lines().findFirst().orElseThrow();
            long[] ticks = Arrays.stream(line.split("\\s+"))
                    .skip(1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            // user nice system idle iowait irq softirq steal; the guest columns after them are contained in user.
            long total = Arrays.stream(ticks).limit(8).sum();
            return new Cores(total, ticks[3] + ticks[4], ticks[7]);
        }
    }

    /**
     * Shares of all cores together, each between 0 and 1.
     *
     * @param named share by name of process
     * @param others what other processes and the kernel on nobody's behalf used
     * @param stolen what the machine's host took away
     */
    public record Shares(Map<String, Double> named, double others, double stolen) {

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            named.forEach((name, share) -> text.append(String.format(Locale.ROOT, "%s %.0f %%, ", name, 100 * share)));
            return text.append(String.format(Locale.ROOT, "others %.0f %%, stolen %.0f %%", 100 * others, 100 * stolen))
                    .toString();
        }
    }

    private MachineUse(Map<String, Long> pids) {
        this.pids = new LinkedHashMap<>(pids);
        this.before = Cores.now();
        this.usedBefore = used();
    }

    /** Begins to watch processes, by a name for each. */
    public static MachineUse watch(Map<String, Long> pids) {
        return new MachineUse(pids);
    }

    /** What was used since the watch began. */
    public Shares soFar() {
        Cores now = Cores.now();
        Map<String, Long> used = used();
        double total = Math.max(1, now.total - before.total);
        Map<String, Double> named = new LinkedHashMap<>();
        double ours = 0;
        for (String name : pids.keySet()) {
            double share = Math.max(0, used.getOrDefault(name, 0L) - usedBefore.getOrDefault(name, 0L)) / total;
            named.put(name, share);
            ours += share;
        }
        double stolen = (now.stolen - before.stolen) / total;
        double busy = 1 - (now.idle - before.idle) / total;
        return new Shares(named, Math.max(0, busy - ours - stolen), stolen);
    }

    /** Ticks used by each named process and its children, dead ones that were waited for included. */
    private Map<String, Long> used() {
        Map<Long, Long> own = new LinkedHashMap<>();
        Map<Long, Long> parents = new LinkedHashMap<>();
        try (Stream<Path> entries = Files.list(PROC)) {
            List<Path> processes = entries.filter(entry ->
                            Character.isDigit(entry.getFileName().toString().charAt(0)))
                    .toList();
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                try {
                    String stat = read(process.resolve("stat"));
                    // The name, in parentheses, may hold blanks.
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                    parents.put(pid, Long.parseLong(fields[1]));
                    own.put(
                            pid,
                            Long.parseLong(fields[11])
                                    + Long.parseLong(fields[12])
                                    + Long.parseLong(fields[13])
                                    + Long.parseLong(fields[14]));
                } catch (UncheckedIOException ended) {
                    // A process may end while we look.
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        Map<String, Long> sums = new LinkedHashMap<>();
        own.forEach((pid, ticks) -> {
            String name = nameOf(pid, parents);
            if (name != null) {
                sums.merge(name, ticks, Long::sum);
            }
        });
        return sums;
    }

    /** The name of the nearest named ancestor: a database that a node started is not the node. */
    private @Nullable String nameOf(long pid, Map<Long, Long> parents) {
        Long each = pid;
        while (each != null && each > 1) {
            for (Map.Entry<String, Long> named : pids.entrySet()) {
                if (named.getValue().equals(each)) {
                    return named.getKey();
                }
            }
            each = parents.get(each);
        }
        return null;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
