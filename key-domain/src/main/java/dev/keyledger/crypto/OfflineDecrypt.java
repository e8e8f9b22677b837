package dev.keyledger.crypto;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.Refusal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Opens a ciphertext without the service, for an owner who has the material: a program of its own, see {@code docs/offline-decrypt.md}. It
 * needs nothing but the JDK and this module's classes.
 */
public final class OfflineDecrypt {

    static final int OPENED = 0;
    static final int NOT_OPENED = 1;
    static final int WRONG_USE = 2;

    private static final String USAGE = """
            usage: OfflineDecrypt [options] BLOB MATERIAL
              BLOB      the CiphertextBlob in Base64, or @FILE that holds it in Base64
              MATERIAL  a file with the 32 bytes of the key material (or with their Base64), or the Base64 itself after "base64:"
            options:
              --context NAME=VALUE     one pair of the encryption context; may be given again
              --context-json JSON      the encryption context as a flat JSON object of strings
              --raw                    write the plaintext's bytes instead of their Base64
            """;

    private OfflineDecrypt() {}

    /** Runs and ends the process: 0 if the blob was opened, 1 if it does not open, 2 for a usage error. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            Request request = Request.of(arguments);
            CiphertextBlob blob = CiphertextBlob.parse(request.blob());
            try (SecretBytes material = request.material();
                    SecretBytes plaintext = new MessageCipher(new SecureRandom())
                            .open(material, blob, new EncryptionContext(request.context()))) {
                err.println("key " + blob.keyId() + ", version " + blob.versionId());
                plaintext.use(bytes -> {
                    if (request.raw()) {
                        out.write(bytes, 0, bytes.length);
                    } else {
                        out.println(Base64.getEncoder().encodeToString(bytes));
                    }
                    return bytes.length;
                });
                out.flush();
                return OPENED;
            }
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(USAGE);
            return WRONG_USE;
        } catch (Refusal refused) {
            // Whoever runs this holds the material, so the reason that a server must keep to itself is of use here.
            err.println("The ciphertext does not open (" + refused.reason() + ").");
            return NOT_OPENED;
        }
    }

    /** What the arguments say; texts are read from their files when asked for. */
    private record Request(String blobText, String materialText, Map<String, String> context, boolean raw) {

        static Request of(List<String> arguments) {
            Deque<String> rest = new ArrayDeque<>(arguments);
            Map<String, String> context = new HashMap<>();
            Deque<String> operands = new ArrayDeque<>();
            boolean raw = false;
            while (!rest.isEmpty()) {
                String argument = rest.removeFirst();
                switch (argument) {
                    case "--raw" -> raw = true;
                    case "--context" -> addPair(context, valueOf(argument, rest.pollFirst()));
                    case "--context-json" ->
                        ContextJson.read(valueOf(argument, rest.pollFirst()))
                                .forEach((name, value) -> add(context, name, value));
                    default -> {
                        if (argument.startsWith("--")) {
                            throw new UsageException("unknown option " + argument);
                        }
                        operands.add(argument);
                    }
                }
            }
            if (operands.size() != 2) {
                throw new UsageException("expected a blob and the material");
            }
            return new Request(operands.removeFirst(), operands.removeFirst(), Map.copyOf(context), raw);
        }

        private static String valueOf(String option, @Nullable String value) {
            if (value == null) {
                throw new UsageException(option + " needs a value");
            }
            return value;
        }

        private static void addPair(Map<String, String> context, String pair) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new UsageException("--context needs NAME=VALUE");
            }
            add(context, pair.substring(0, equals), pair.substring(equals + 1));
        }

        private static void add(Map<String, String> context, String name, String value) {
            if (context.putIfAbsent(name, value) != null) {
                throw new UsageException("the encryption context has a name twice");
            }
        }

        byte[] blob() {
            String text = blobText.startsWith("@")
                    ? new String(file(blobText.substring(1)), StandardCharsets.ISO_8859_1)
                    : blobText;
            return base64("the blob", text);
        }

        SecretBytes material() {
            byte[] bytes = materialText.startsWith("base64:")
                    ? base64("the material", materialText.substring("base64:".length()))
                    : file(materialText);
            if (bytes.length != AesGcm.KEY_BYTES) {
                bytes = base64("the material", new String(bytes, StandardCharsets.ISO_8859_1));
            }
            if (bytes.length != AesGcm.KEY_BYTES) {
                throw new UsageException("the material is not 32 bytes");
            }
            return SecretBytes.takeFrom(bytes);
        }

        private static byte[] file(String path) {
            try {
                return Files.readAllBytes(Path.of(path));
            } catch (IOException unreadable) {
                throw new UsageException("cannot read " + path);
            }
        }

        private static byte[] base64(String what, String text) {
            try {
                return Base64.getDecoder().decode(text.strip());
            } catch (IllegalArgumentException malformed) {
                throw new UsageException(what + " is not Base64");
            }
        }
    }

    /** Reads a context's JSON form; apart, so that the rest runs where no JSON library is on the class path. */
    private static final class ContextJson {

        private static final JsonMapper JSON = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();

        static Map<String, String> read(String text) {
            Map<String, String> pairs = new HashMap<>();
            try {
                JsonNode object = JSON.readTree(text);
                if (!object.isObject()) {
                    throw new UsageException("the encryption context is not a JSON object");
                }
                object.forEachEntry((name, value) -> {
                    if (!value.isString()) {
                        throw new UsageException("the encryption context has a value that is not a string");
                    }
                    pairs.put(name, value.stringValue());
                });
                return pairs;
            } catch (JacksonException malformed) {
                throw new UsageException("the encryption context is not a JSON object without repeated names");
            }
        }
    }

    /** The program was called wrongly. */
    static final class UsageException extends RuntimeException {
        UsageException(String message) {
            super(message);
        }
    }
}
