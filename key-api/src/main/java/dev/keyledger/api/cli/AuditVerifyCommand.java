package dev.keyledger.api.cli;

import dev.keyledger.evidence.bundle.BundleRefusedException;
import dev.keyledger.evidence.bundle.BundleVerifier;
import dev.keyledger.evidence.bundle.EarlierCheckpoints;
import dev.keyledger.evidence.bundle.VerifiedBundle;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks a bundle. Asks nobody: no server, no database, no network. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Verify a bundle, offline: every byte of it, and that the log goes on from checkpoints that were kept.",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0   verified",
            "  1   refused: the bundle is not what was signed; the first bad record is named",
            "  2   the command line is wrong, or a file cannot be read",
            "  4   the bundle is good, but says nothing about the checkpoints that were kept",
            "",
            "Example: with the key that was published, and the anchor file of another machine",
            "  keyledger audit verify march.zip --key-file published.vkey --anchor /mnt/anchor/keyledger"
        })
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class AuditVerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "<bundle.zip>", description = "The file to verify.")
    private Path file;

    @Option(
            names = "--key",
            paramLabel = "<vkey>",
            description = "The log's verifier key, as it was published. Without a key the bundle vouches for itself.")
    private @Nullable String key;

    @Option(names = "--key-file", paramLabel = "<file>", description = "A file with the log's verifier key.")
    private @Nullable Path keyFile;

    @Option(
            names = "--checkpoint",
            paramLabel = "<file>",
            description = "An earlier checkpoint that was kept: the log must go on from it.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--anchor",
            paramLabel = "<file>",
            description = "An anchor file: the log must go on from each of its checkpoints.")
    private @Nullable Path anchor;

    @Override
    public Integer call() {
        VerifierKey trusted = key();
        BundleVerifier verifier =
                new BundleVerifier(trusted, Runtime.getRuntime().availableProcessors());
        try {
            VerifiedBundle verified = verifier.verify(file, kept());
            output.one(told(verified));
            if (verified.keyFromBundle()) {
                warn("The key came from the bundle itself. Compare it with one that you have from elsewhere: "
                        + verified.key().text());
            }
            return code(verified);
        } catch (BundleRefusedException refused) {
            ObjectNode result = JsonMapper.shared().createObjectNode();
            result.put("verdict", "refused");
            refused.logIndex().ifPresent(index -> result.put("firstBadIndex", index));
            result.put("reason", refused.getMessage());
            output.one(result);
            return ExitCode.REFUSED;
        } catch (IOException unreadable) {
            throw usage("cannot be read: " + unreadable.getMessage());
        }
    }

    private int code(VerifiedBundle verified) {
        boolean asked = checkpoint != null || anchor != null;
        if (asked && (verified.earlier() == 0 || (anchor == null && verified.unproved() > 0))) {
            warn("The bundle says nothing about what was kept: its records lie elsewhere, or the log is another one.");
            return ExitCode.UNPROVED;
        }
        return ExitCode.OK;
    }

    private void warn(String sentence) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
    }

    private static ObjectNode told(VerifiedBundle verified) {
        ObjectNode result = JsonMapper.shared().createObjectNode();
        result.put("verdict", "verified");
        result.put("origin", verified.checkpoint().origin());
        result.put("from", verified.from());
        result.put("to", verified.to());
        result.put("records", verified.records());
        result.put("earliest", verified.earliest().toString());
        result.put("latest", verified.latest().toString());
        result.put("logSize", verified.checkpoint().size());
        result.put("rootHash", verified.checkpoint().root().base64());
        result.put("key", verified.key().text());
        result.put("keyFrom", verified.keyFromBundle() ? "bundle" : "auditor");
        result.put("overtakenUses", verified.overtaken());
        result.put("keptCheckpoints", verified.earlier());
        result.put("keptCheckpointsNotInReach", verified.unproved());
        return result;
    }

    private @Nullable VerifierKey key() {
        if (key != null && keyFile != null) {
            throw usage("--key and --key-file are two ways to say the same");
        }
        try {
            String text = keyFile == null ? key : Files.readString(keyFile).strip();
            return text == null ? null : VerifierKey.parse(text);
        } catch (IOException unreadable) {
            throw usage("the key cannot be read: " + keyFile);
        } catch (IllegalArgumentException malformed) {
            throw usage("not a verifier key: " + malformed.getMessage());
        }
    }

    private EarlierCheckpoints kept() {
        EarlierCheckpoints kept = EarlierCheckpoints.NONE;
        if (checkpoint != null) {
            try {
                kept = EarlierCheckpoints.of(SignedNote.parse(Files.readAllBytes(checkpoint)));
            } catch (IOException unreadable) {
                throw usage("the checkpoint cannot be read: " + checkpoint);
            } catch (IllegalArgumentException malformed) {
                throw usage("not a checkpoint: " + checkpoint);
            }
        }
        return anchor == null ? kept : kept.and(EarlierCheckpoints.ofAnchorFile(anchor));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
