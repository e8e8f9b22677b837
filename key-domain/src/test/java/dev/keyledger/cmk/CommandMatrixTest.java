package dev.keyledger.cmk;

import static dev.keyledger.cmk.KeyEvents.KEY;
import static dev.keyledger.cmk.KeyEvents.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ExhaustImportToken;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UntagKeyCompletely;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.refusal.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command on every kind of key. The expected answers are written down here and not taken from the table under test. */
class CommandMatrixTest {

    /** Columns: Enabled, Disabled, PendingDeletion with and without material, PendingImport; then Aliyun_KMS: Enabled, Disabled, PendingDeletion. */
    private static final String TABLE = """
            EnableKey             ok  ok  SMF SMF SMF  ok  ok  SMF
            DisableKey            ok  ok  SMF SMF SMF  ok  ok  SMF
            UpdateKeyDescription  ok  ok  PD  PD  ok   ok  ok  PD
            TagKey                ok  ok  PD  PD  ok   ok  ok  PD
            UntagKey              ok  ok  PD  PD  ok   ok  ok  PD
            UntagKeyCompletely    ok  ok  PD  PD  ok   ok  ok  PD
            SetDeletionProtection ok  ok  PD  PD  ok   ok  ok  PD
            IssueImportParameters ok  ok  ok  ok  ok   UO  UO  UO
            ImportKeyMaterial     ok  ok  SMF SMF ok   UO  UO  UO
            DeleteKeyMaterial     ok  ok  ok  ok  ok   UO  UO  UO
            ScheduleKeyDeletion   ok  ok  SMF SMF ok   ok  ok  SMF
            CancelKeyDeletion     SMF SMF ok  ok  SMF  SMF SMF ok
            ExhaustImportToken    ok  ok  ok  ok  ok   ok  ok  ok
            ExpireKeyMaterial     ok  ok  ok  ok  ok   ok  ok  ok
            DestroyKey            ok  ok  ok  ok  ok   ok  ok  ok
            GiveExpiryNotice      ok  ok  ok  ok  ok   ok  ok  ok
            GiveDeletionNotice    ok  ok  ok  ok  ok   ok  ok  ok
            """;

    private static final Map<String, ErrorCode> CODES = Map.of(
            "PD", ErrorCode.REJECTED_PENDING_DELETION,
            "SMF", ErrorCode.STATE_MODIFIED_FAILED,
            "UO", ErrorCode.UNSUPPORTED_ORIGIN);

    private static final List<Kind> KINDS = List.of(
            new Kind(Origin.EXTERNAL, KeyState.ENABLED, true),
            new Kind(Origin.EXTERNAL, KeyState.DISABLED, true),
            new Kind(Origin.EXTERNAL, KeyState.PENDING_DELETION, true),
            new Kind(Origin.EXTERNAL, KeyState.PENDING_DELETION, false),
            new Kind(Origin.EXTERNAL, KeyState.PENDING_IMPORT, false),
            new Kind(Origin.ALIYUN_KMS, KeyState.ENABLED, true),
            new Kind(Origin.ALIYUN_KMS, KeyState.DISABLED, true),
            new Kind(Origin.ALIYUN_KMS, KeyState.PENDING_DELETION, true));

    private record Kind(Origin origin, KeyState state, boolean material) {}

    static Stream<Arguments> cells() {
        return TABLE.lines()
                .map(line -> line.split(" +", -1))
                .flatMap(row -> Stream.iterate(0, i -> i + 1)
                        .limit(KINDS.size())
                        .map(i -> Arguments.of(row[0], KINDS.get(i), row[i + 1])));
    }

    @ParameterizedTest(name = "{0} on {1}: {2}")
    @MethodSource("cells")
    void every_command_on_every_kind_of_key(String command, Kind kind, String expected) {
        CmkFixture fixture = new CmkFixture();
        CmkFixture.Then then = fixture.given(KeyEvents.history(kind.origin(), kind.state(), kind.material()))
                .when(command(command));
        ErrorCode code = CODES.get(expected);
        if (code == null) {
            then.succeeded();
        } else {
            then.refused(code);
            assertThat(fixture.calls()).isEmpty();
        }
    }

    @Test
    void the_table_covers_every_command_but_creation() {
        Set<String> rows = TABLE.lines().map(line -> line.split(" +", -1)[0]).collect(Collectors.toSet());
        assertThat(Arrays.stream(KeyCommand.class.getPermittedSubclasses()).map(Class::getSimpleName))
                .filteredOn(name -> !name.equals("CreateKey"))
                .containsExactlyInAnyOrderElementsOf(rows);
    }

    private static KeyCommand command(String name) {
        return switch (name) {
            case "EnableKey" -> new EnableKey(KEY);
            case "DisableKey" -> new DisableKey(KEY);
            case "UpdateKeyDescription" -> new UpdateKeyDescription(KEY, "another text");
            case "TagKey" -> new TagKey(KEY, Map.of("team", "payments"));
            case "UntagKey" -> new UntagKey(KEY, List.of("team"));
            case "UntagKeyCompletely" -> new UntagKeyCompletely(KEY);
            case "SetDeletionProtection" -> new SetDeletionProtection(KEY, true, "in use");
            case "IssueImportParameters" ->
                new IssueImportParameters(KEY, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
            case "ImportKeyMaterial" -> new ImportKeyMaterial(KEY, TOKEN, KeyPorts.genuine(KeyPorts.MATERIAL), null);
            case "ExhaustImportToken" -> new ExhaustImportToken(KEY, TOKEN);
            case "DeleteKeyMaterial" -> new DeleteKeyMaterial(KEY);
            case "ExpireKeyMaterial" -> new ExpireKeyMaterial(KEY);
            case "ScheduleKeyDeletion" -> new ScheduleKeyDeletion(KEY, 7);
            case "CancelKeyDeletion" -> new CancelKeyDeletion(KEY);
            case "DestroyKey" -> new DestroyKey(KEY);
            case "GiveExpiryNotice" -> new GiveExpiryNotice(KEY);
            case "GiveDeletionNotice" -> new GiveDeletionNotice(KEY);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
