package dev.keyledger.api.cli;

import dev.keyledger.evidence.bundle.BundleForm;
import dev.keyledger.evidence.bundle.BundleRange;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.TilePath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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

/** A part of the log and what proves it, in one file (ADR 0018). */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write records and what proves them to a file that is verified without the server.",
        footer = {
            "",
            "The file has whole groups of 256 records, so up to 255 more at each end than were asked for.",
            "What no checkpoint covers yet, the last five seconds at most, is not in it.",
            "Example: what happened in March",
            "  keyledger audit export march.zip --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z"
        })
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class AuditExportCommand implements Callable<Integer> {

    private static final int TOO_MANY_REQUESTS = 429;

    /** A server that limits rates answers within a minute, or is asked too much by others. */
    private static final int TRIES = 60;

    private static final int BUFFER = 1 << 16;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Mixin
    private LogStretch stretch;

    @Parameters(paramLabel = "<bundle.zip>", description = "The file to write.")
    private Path file;

    @Option(names = "--overwrite", description = "Replace the file if it is there.")
    private boolean overwrite;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(file) && !overwrite) {
            throw new ParameterException(spec.commandLine(), "there is a file already (--overwrite): " + file);
        }
        try (ServerClient client = server.connect()) {
            VerifierKey key = VerifierKey.parse(text(client, "key").stripTrailing());
            // Before everything else: what comes later belongs to a later bundle.
            SignedNote checkpoint = SignedNote.parse(text(client, "checkpoint").getBytes(StandardCharsets.UTF_8));
            long size = Checkpoint.parse(checkpoint.text()).size();
            BundleRange range = range(client, size);
            write(client, key, checkpoint, range);
            ObjectNode result = JsonMapper.shared().createObjectNode();
            result.put("file", file.toString());
            result.put("from", range.from());
            result.put("to", range.to());
            result.put("records", range.records());
            result.put("logSize", size);
            result.put("bytes", Files.size(file));
            output.one(result);
        }
        return ExitCode.OK;
    }

    private static String text(ServerClient client, String what) {
        return new String(client.bytes(AuditCommand.LOG + what), StandardCharsets.UTF_8);
    }

    /** Clocks can be put back, so all places between the first and the last record of a time are meant. */
    private BundleRange range(ServerClient client, long size) {
        long from = stretch.fromIndex().orElse(0);
        long to = Math.min(size, stretch.toIndex().orElse(size));
        if (stretch.hasInstants()) {
            Map<String, String> query = new TreeMap<>(stretch.query());
            query.put("toIndex", Long.toString(to));
            OptionalLong first = place(client, query, "asc");
            OptionalLong last = place(client, query, "desc");
            if (first.isEmpty() || last.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "the signed log has no record of that time");
            }
            from = first.getAsLong();
            to = last.getAsLong() + 1;
        }
        if (from >= to) {
            throw new ParameterException(
                    spec.commandLine(), "the signed log has " + size + " records, and none in this range");
        }
        return BundleRange.around(size, from, to);
    }

    private static OptionalLong place(ServerClient client, Map<String, String> question, String order) {
        Map<String, String> query = new TreeMap<>(question);
        query.put("order", order);
        query.put("limit", "1");
        while (true) {
            JsonNode page = client.ask("GET", AuditCommand.RECORDS, query, null);
            if (!page.path("records").isEmpty()) {
                return OptionalLong.of(
                        page.path("records").get(0).path("logIndex").asLong());
            }
            String cursor = page.path("nextCursor").asString("");
            if (cursor.isEmpty()) {
                return OptionalLong.empty();
            }
            query.put("cursor", cursor);
        }
    }

    private void write(ServerClient client, VerifierKey key, SignedNote checkpoint, BundleRange range)
            throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path unfinished = Files.createTempFile(directory, "." + file.getFileName(), ".unfinished");
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)) {
                BundleForm.write(key, checkpoint, range, path -> get(client, path), out, records -> {});
                channel.force(true);
            }
            List<StandardCopyOption> how = List.of(StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, file, how.toArray(StandardCopyOption[]::new));
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static byte[] get(ServerClient client, TilePath path) throws IOException {
        for (int left = TRIES; ; left--) {
            try {
                return client.bytes(AuditCommand.LOG + path.text());
            } catch (ServerRefusal refusal) {
                if (refusal.status() != TOO_MANY_REQUESTS || left == 0) {
                    throw refusal;
                }
            }
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }
}
