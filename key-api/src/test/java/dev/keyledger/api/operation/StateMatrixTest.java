package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every operation on a key, in every state and for both origins: the vendor's page "Impact of CMK status on API operations", code by code,
 * over HTTP. A refused operation leaves the key as it was. A key of our own material is never pending import.
 */
@ExtendWith(NodeExtension.class)
class StateMatrixTest {

    /**
     * Columns: Enabled, Disabled, PendingDeletion, PendingImport. A cell with a slash is generated/external. SMF is
     * Rejected.StateModifiedFailed, D, PD and PI are Rejected.Disabled, .PendingDeletion and .PendingImport, UO is Unsupported.Origin, RU is
     * Rejected.UnsupportedOperation, KP is Forbidden.KeyPolicyUnSupported.
     */
    private static final String MATRIX = """
            DescribeKey                      ok    ok    ok    ok
            ListKeys                         ok    ok    ok    ok
            Encrypt                          ok    D     PD    PI
            Decrypt                          ok    D     PD    PI
            GenerateDataKey                  ok    D     PD    PI
            GenerateDataKeyWithoutPlaintext  ok    D     PD    PI
            ReEncrypt(source)                ok    D     PD    PI
            ReEncrypt(destination)           ok    D     PD    PI
            ExportDataKey                    ok    D     PD    PI
            GenerateAndExportDataKey         ok    D     PD    PI
            EnableKey                        ok    ok    SMF   SMF
            DisableKey                       ok    ok    SMF   SMF
            ScheduleKeyDeletion              ok    ok    SMF   ok
            CancelKeyDeletion                SMF   SMF   ok    SMF
            CreateAlias                      ok    ok    SMF   ok
            UpdateAlias                      ok    ok    PD    ok
            DeleteAlias                      ok    ok    ok    ok
            ListAliases                      ok    ok    ok    ok
            ListAliasesByKeyId               ok    ok    ok    ok
            GetParametersForImport           UO/ok UO/ok UO/ok ok
            ImportKeyMaterial                UO/ok UO/ok UO/SMF ok
            DeleteKeyMaterial                UO/ok UO/ok UO/ok ok
            UpdateKeyDescription             ok    ok    PD    ok
            SetDeletionProtection            ok    ok    PD    ok
            TagResource                      ok    ok    PD    ok
            UntagResource                    ok    ok    PD    ok
            TagResources                     ok    ok    PD    ok
            UntagResources                   ok    ok    PD    ok
            ListResourceTags                 ok    ok    ok    ok
            ListTagResources                 ok    ok    ok    ok
            ListKeyVersions                  ok    ok    ok    ok
            DescribeKeyVersion               ok    ok    ok    ok
            UpdateRotationPolicy             RU    RU    RU    RU
            CreateKeyVersion                 RU    RU    RU    RU
            GetPublicKey                     RU    RU    RU    RU
            AsymmetricSign                   RU    RU    RU    RU
            AsymmetricVerify                 RU    RU    RU    RU
            AsymmetricEncrypt                RU    RU    RU    RU
            AsymmetricDecrypt                RU    RU    RU    RU
            GetKeyPolicy                     KP    KP    KP    KP
            SetKeyPolicy                     KP    KP    KP    KP
            """;

    private static final Pattern CELLS = Pattern.compile(" +");
    private static final Pattern SLASH = Pattern.compile("/");

    private static final List<String> STATES = List.of("Enabled", "Disabled", "PendingDeletion", "PendingImport");

    /** Operations that leave a key of another state or shape behind when they succeed. */
    private static final Set<String> CHANGES = Set.of(
            "EnableKey",
            "DisableKey",
            "ScheduleKeyDeletion",
            "CancelKeyDeletion",
            "ImportKeyMaterial",
            "DeleteKeyMaterial",
            "SetDeletionProtection");

    private static final Map<String, String> CODES = Map.of(
            "ok", "ok",
            "D", "Rejected.Disabled",
            "PD", "Rejected.PendingDeletion",
            "PI", "Rejected.PendingImport",
            "SMF", "Rejected.StateModifiedFailed",
            "UO", "Unsupported.Origin",
            "RU", "Rejected.UnsupportedOperation",
            "KP", "Forbidden.KeyPolicyUnSupported");

    /** Keys that nothing has changed since they were made. */
    private static final Map<String, MadeKey> UNCHANGED = new HashMap<>();

    private static String publicKey = "";

    private Kms kms;
    private Keys keys;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    StateMatrixTest() {}

    @BeforeEach
    void connect(Kms kms, Keys keys) throws NoSuchAlgorithmException {
        this.kms = kms;
        this.keys = keys;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        publicKey = Keys.base64(generator.generateKeyPair().getPublic().getEncoded());
    }

    @TestFactory
    Stream<DynamicTest> each_state_answers_as_the_vendor_says() {
        return MATRIX.lines().flatMap(line -> row(CELLS.split(line.trim(), -1)));
    }

    private Stream<DynamicTest> row(String[] cells) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String origin : List.of("Aliyun_KMS", "EXTERNAL")) {
            for (int n = 0; n < STATES.size(); n++) {
                String state = STATES.get(n);
                if (origin.equals("Aliyun_KMS") && state.equals("PendingImport")) {
                    continue;
                }
                String[] cell = SLASH.split(cells[n + 1], -1);
                String expected =
                        Objects.requireNonNull(CODES.get(cell[origin.equals("EXTERNAL") ? cell.length - 1 : 0]));
                tests.add(dynamicTest(
                        cells[0] + " of an " + origin + " key that is " + state,
                        () -> check(cells[0], origin, state, expected)));
            }
        }
        return tests.stream();
    }

    private void check(String operation, String origin, String state, String expected) {
        boolean changes = expected.equals("ok") && CHANGES.contains(operation);
        MadeKey key = changes
                ? keys.in(origin, state)
                : UNCHANGED.computeIfAbsent(origin + state, made -> keys.in(origin, state));
        String before = keys.describe(key).body().get("KeyMetadata").toString();
        assertThat(keys.state(key)).isEqualTo(state);

        Reply reply = call(operation, key);

        assertThat(reply.code()).as("%s", reply.body()).isEqualTo(expected);
        if (!expected.equals("ok")) {
            assertThat(reply.status())
                    .isEqualTo(
                            expected.matches("Rejected\\..*") && !expected.endsWith("UnsupportedOperation")
                                    ? 409
                                    : 400);
            assertThat(keys.describe(key).body().get("KeyMetadata").toString()).isEqualTo(before);
        }
    }

    private Reply call(String operation, MadeKey key) {
        return switch (operation) {
            case "Encrypt" -> on(key, operation, "Plaintext", Keys.HELLO);
            case "Decrypt" -> kms.call(operation, "CiphertextBlob", key.blob());
            case "ReEncrypt(source)" ->
                kms.call(
                        "ReEncrypt",
                        "CiphertextBlob",
                        key.blob(),
                        "DestinationKeyId",
                        enabled().id());
            case "ReEncrypt(destination)" ->
                kms.call("ReEncrypt", "CiphertextBlob", enabled().blob(), "DestinationKeyId", key.id());
            case "ExportDataKey" -> kms.call(operation, with(wrapping(), "CiphertextBlob", key.blob()));
            case "GenerateAndExportDataKey" -> kms.call(operation, with(wrapping(), "KeyId", key.id()));
            case "ScheduleKeyDeletion" -> on(key, operation, "PendingWindowInDays", "7");
            case "CreateAlias" -> on(key, operation, "AliasName", freshAlias());
            case "UpdateAlias" -> on(key, operation, "AliasName", aliasOf(enabled()));
            case "DeleteAlias" -> kms.call(operation, "AliasName", aliasBeforeTheState(key));
            case "GetParametersForImport" ->
                on(key, operation, "WrappingAlgorithm", "RSAES_OAEP_SHA_256", "WrappingKeySpec", "RSA_2048");
            case "ImportKeyMaterial" -> importInto(key);
            case "UpdateKeyDescription" -> on(key, operation, "Description", "same");
            case "SetDeletionProtection" -> on(key, operation, "EnableDeletionProtection", "true");
            case "TagResource" -> on(key, operation, "Tags", "[{\"TagKey\":\"k\",\"TagValue\":\"v\"}]");
            case "UntagResource" -> on(key, operation, "TagKeys", "[\"k\"]");
            case "TagResources" -> resources(key, operation, "Tag.1.Key", "k", "Tag.1.Value", "v");
            case "UntagResources" -> resources(key, operation, "TagKey.1", "k");
            case "ListTagResources" -> resources(key, operation);
            case "DescribeKeyVersion" -> on(key, operation, "KeyVersionId", version(key));
            case "UpdateRotationPolicy" ->
                on(key, operation, "EnableAutomaticRotation", "true", "RotationInterval", "7d");
            case "GetPublicKey" -> on(key, operation, "KeyVersionId", version(key));
            case "AsymmetricSign" -> asymmetric(key, operation, "ECDSA_SHA_256", "Digest");
            case "AsymmetricVerify" -> asymmetric(key, operation, "ECDSA_SHA_256", "Digest", "Value");
            case "AsymmetricEncrypt" -> asymmetric(key, operation, "RSAES_OAEP_SHA_256", "Plaintext");
            case "AsymmetricDecrypt" -> asymmetric(key, operation, "RSAES_OAEP_SHA_256", "CiphertextBlob");
            case "SetKeyPolicy" -> on(key, operation, "Policy", "{\"Version\":\"1\"}");
            default -> on(key, operation);
        };
    }

    private Reply on(MadeKey key, String operation, String... more) {
        return kms.call(operation, with(Map.of("KeyId", key.id()), more));
    }

    private Reply resources(MadeKey key, String operation, String... more) {
        return kms.call(
                operation,
                with(Map.of("RegionId", "cn-hangzhou", "ResourceType", "key", "ResourceId.1", key.id()), more));
    }

    private Reply asymmetric(MadeKey key, String operation, String algorithm, String... binary) {
        Map<String, String> parameters =
                new HashMap<>(Map.of("KeyId", key.id(), "KeyVersionId", version(key), "Algorithm", algorithm));
        Arrays.stream(binary).forEach(name -> parameters.put(name, Keys.HELLO));
        return kms.call(operation, parameters);
    }

    /** For a key that takes no parameters of its own, those of another: origin and state come before the token. */
    private Reply importInto(MadeKey key) {
        boolean external = keys.describe(key).text("KeyMetadata.Origin").equals("EXTERNAL");
        IssuedParameters issued =
                keys.parameters(external ? key.id() : enabledExternal().id());
        String wrapped = issued.wrap(external ? key.material() : Keys.material());
        return keys.importWith(new IssuedParameters(key.id(), issued.token(), issued.publicKey()), wrapped);
    }

    private MadeKey enabled() {
        return UNCHANGED.computeIfAbsent("Aliyun_KMSEnabled", made -> keys.generated());
    }

    private MadeKey enabledExternal() {
        return UNCHANGED.computeIfAbsent("EXTERNALEnabled", made -> keys.in("EXTERNAL", "Enabled"));
    }

    private String version(MadeKey key) {
        return keys.describe(key).text("KeyMetadata.PrimaryKeyVersion");
    }

    private String aliasOf(MadeKey key) {
        String alias = freshAlias();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", key.id()).ok();
        return alias;
    }

    /** An alias of a key in this state; a key pending deletion takes none, so another key gets it before its deletion is scheduled. */
    private String aliasBeforeTheState(MadeKey key) {
        if (!keys.state(key).equals("PendingDeletion")) {
            return aliasOf(key);
        }
        MadeKey fresh = keys.generated();
        String alias = aliasOf(fresh);
        keys.schedule(fresh);
        return alias;
    }

    private static String freshAlias() {
        return "alias/" + UUID.randomUUID();
    }

    private static Map<String, String> wrapping() {
        return Map.of(
                "PublicKeyBlob", publicKey, "WrappingAlgorithm", "RSAES_OAEP_SHA_256", "WrappingKeySpec", "RSA_2048");
    }

    private static Map<String, String> with(Map<String, String> parameters, String... more) {
        Map<String, String> all = new HashMap<>(parameters);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }
}
