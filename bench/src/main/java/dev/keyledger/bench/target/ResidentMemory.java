package dev.keyledger.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes hold in memory, from {@code /proc}, in MiB.
 *
 * @param resident all pages, those of mapped files too
 * @param anonymous pages that belong to nobody else: heap, code, stacks, the allocator's
 * @param peak the most that was ever resident
 * @param threads how many there are
 */
public record ResidentMemory(double resident, double anonymous, double peak, long threads) {

    static ResidentMemory of(List<Long> pids) {
        double resident = 0;
        double anonymous = 0;
        double peak = 0;
        long threads = 0;
        for (long pid : pids) {
            List<String> status = status(pid);
            resident += kibibytes(status, "VmRSS:") / 1024.0;
            anonymous += kibibytes(status, "RssAnon:") / 1024.0;
            peak += kibibytes(status, "VmHWM:") / 1024.0;
            threads += kibibytes(status, "Threads:");
        }
        return new ResidentMemory(resident, anonymous, peak, threads);
    }

    private static List<String> status(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static long kibibytes(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("\\D+", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }
}
