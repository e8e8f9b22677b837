package dev.keyledger.api.adapter.transparency;

import dev.keyledger.evidence.AnchoredCheckpoint;
import dev.keyledger.evidence.AnnouncedDeletion;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file on another volume, one line for each checkpoint (ADR 0016). It is only ever appended to, so it may lie where nothing else is allowed.
 * A line that is no entry is a write that was torn; it is passed over by readers and never taken away. Several stores may share a file.
 */
final class AnchorFile implements Anchor {

    private static final ReentrantLock WRITING = new ReentrantLock();

    private static final int BLOCK = 64 * 1024;
    private static final byte LINE_FEED = '\n';

    private final Path file;
    private final VerifierKey key;

    AnchorFile(Path file, VerifierKey key) {
        this.file = file;
        this.key = key;
    }

    @Override
    public String kind() {
        return "file";
    }

    @Override
    public boolean canBeRead() {
        return true;
    }

    @Override
    public Optional<SignedHead> last() throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            LinesFromTheEnd lines = new LinesFromTheEnd(in);
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                Optional<SignedHead> found = ours(line);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        }
    }

    /**
     * Destructions of a store that were announced since the last checkpoint of its log was added. The log does not tell of them yet, or never will.
     *
     * @throws IOException if the file cannot be read now
     */
    List<AnnouncedDeletion> announcedSince(String storeId) throws IOException {
        List<AnnouncedDeletion> found = new ArrayList<>();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            LinesFromTheEnd lines = new LinesFromTheEnd(in);
            for (byte[] line = lines.next(); line != null && ours(line).isEmpty(); line = lines.next()) {
                announced(line).filter(each -> each.storeId().equals(storeId)).ifPresent(found::add);
            }
            return found;
        } catch (NoSuchFileException notYet) {
            return found;
        }
    }

    private static Optional<AnnouncedDeletion> announced(byte[] line) {
        if (!AnnouncedDeletion.beginsLike(line)) {
            return Optional.empty();
        }
        try {
            return Optional.of(AnnouncedDeletion.parse(line));
        } catch (IllegalArgumentException torn) {
            return Optional.empty();
        }
    }

    private Optional<SignedHead> ours(byte[] line) {
        if (!AnchoredCheckpoint.beginsLike(line)) {
            return Optional.empty();
        }
        SignedNote note;
        try {
            note = AnchoredCheckpoint.parse(line).note();
            if (!Checkpoint.parse(note.text()).origin().equals(key.name())) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException torn) {
            return Optional.empty();
        }
        return Optional.of(SignedHead.open(note, key, "the anchor file"));
    }

    @Override
    public void append(SignedNote checkpoint) throws IOException {
        long size = Checkpoint.parse(checkpoint.text()).size();
        // A node that no longer signs may come here late; what it has is in the file already.
        append(
                List.of(new AnchoredCheckpoint(checkpoint).canonical()),
                () -> last().filter(last -> last.size() >= size).isPresent());
    }

    /**
     * Adds lines of the deletion ledger, all of them with one flush; once this returns they stay.
     *
     * @param entries lines without their line feeds
     * @throws IOException if that is not certain
     */
    void append(List<byte[]> entries) throws IOException {
        append(entries, () -> false);
    }

    /** Asked while nobody else writes. */
    @FunctionalInterface
    private interface Check {
        boolean holds() throws IOException;
    }

    private void append(List<byte[]> lines, Check needless) throws IOException {
        // The lock of the file is the process's own as a whole; threads wait for each other here.
        WRITING.lock();
        try {
            boolean made = !Files.exists(file);
            try (FileChannel out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                // Held until the channel is closed.
                var unused = out.lock();
                if (needless.holds()) {
                    return;
                }
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                if (endsInTheMiddle()) {
                    bytes.write(LINE_FEED);
                }
                for (byte[] line : lines) {
                    bytes.writeBytes(line);
                    bytes.write(LINE_FEED);
                }
                ByteBuffer whole = ByteBuffer.wrap(bytes.toByteArray());
                while (whole.hasRemaining()) {
                    out.write(whole);
                }
                out.force(true);
            }
            if (made) {
                keepName();
            }
        } finally {
            WRITING.unlock();
        }
    }

    private boolean endsInTheMiddle() throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer end = ByteBuffer.allocate(1);
            return in.size() > 0 && in.read(end, in.size() - 1) == 1 && end.get(0) != LINE_FEED;
        }
    }

    /** The name of a new file is in its directory, which reaches the disk by itself some time later. */
    private void keepName() throws IOException {
        Path directory = file.getParent();
        if (directory != null && !System.getProperty("os.name", "").startsWith("Windows")) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** Lines of a file, the last one first and without its line feed. */
    private static final class LinesFromTheEnd {

        private final FileChannel in;
        private long end;
        private byte[] block = new byte[0];
        private int unread;
        private boolean over;

        LinesFromTheEnd(FileChannel in) throws IOException {
            this.in = in;
            this.end = in.size();
        }

        byte @Nullable [] next() throws IOException {
            if (over) {
                return null;
            }
            ByteArrayOutputStream backwards = new ByteArrayOutputStream();
            while (true) {
                if (unread == 0 && !fill()) {
                    over = true;
                    break;
                }
                byte next = block[--unread];
                if (next == LINE_FEED) {
                    break;
                }
                backwards.write(next);
            }
            return reversed(backwards.toByteArray());
        }

        private boolean fill() throws IOException {
            int length = (int) Math.min(BLOCK, end);
            if (length == 0) {
                return false;
            }
            ByteBuffer read = ByteBuffer.allocate(length);
            while (read.hasRemaining()) {
                if (in.read(read, end - length + read.position()) < 0) {
                    throw new IOException("the anchor file became shorter while it was read");
                }
            }
            block = read.array();
            unread = length;
            end -= length;
            return true;
        }

        private static byte[] reversed(byte[] bytes) {
            byte[] reversed = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                reversed[i] = bytes[bytes.length - 1 - i];
            }
            return reversed;
        }
    }

    @Override
    public String toString() {
        return "AnchorFile[" + file + "]";
    }
}
