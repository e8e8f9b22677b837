package dev.keyledger.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;

/** What a figure is worth nothing without: date, Java, size of the machine, speed of its disk. */
public final class Machine {

    private static final int SYNCS = 400;

    private Machine() {}

    /**
     * One paragraph.
     *
     * @param directory where the database will lie
     */
    public static String description(Path directory) {
        return String.format(
                Locale.ROOT,
                "%s, %s %s, %s, %d cores, %d MiB memory, fdatasync of 8 KiB: p50 %.3f ms, p99 %.3f ms",
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"),
                cpu(),
                Runtime.getRuntime().availableProcessors(),
                memoryMebibytes(),
                percentile(syncMillis(directory), 50),
                percentile(syncMillis(directory), 99));
    }

    private static String cpu() {
        return lines("/proc/cpuinfo", "model name").replaceFirst(".*:\\s*", "");
    }

    private static long memoryMebibytes() {
        return Long.parseLong(lines("/proc/meminfo", "MemTotal").replaceAll("\\D+", "")) / 1024;
    }

    private static String lines(String file, String beginning) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(beginning))
                    .findFirst()
                    .orElse("0");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** How long the disk takes to make a page durable, overwriting one in place as the write-ahead log does. */
    private static double[] syncMillis(Path directory) {
        double[] millis = new double[SYNCS];
        try {
            Files.createDirectories(directory);
            Path file = Files.createTempFile(directory, "sync", ".probe");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer page = ByteBuffer.allocate(8192);
                for (int i = -20; i < SYNCS; i++) {
                    page.clear();
                    long begun = System.nanoTime();
                    channel.write(page, 0);
                    channel.force(false);
                    if (i >= 0) {
                        millis[i] = (System.nanoTime() - begun) / 1e6;
                    }
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Arrays.sort(millis);
        return millis;
    }

    private static double percentile(double[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }
}
