package dev.keyledger.api.operation.account;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.ProtectionLevel;
import java.util.Arrays;
import java.util.List;
import org.springframework.stereotype.Component;

/** DescribeService: which kinds of keys can be made here. */
@Component
final class DescribeServiceOperation implements Operation {

    record Response(Levels protectionLevels, Specs keySpecs) {}

    record Levels(List<Level> protectionLevel) {}

    record Level(String type) {}

    record Specs(List<Spec> keySpec) {}

    record Spec(String name, SupportedLevels supportedProtectionLevels, Usages usages) {}

    record SupportedLevels(List<String> supportedProtectionLevel) {}

    record Usages(List<String> usage) {}

    @Override
    public String name() {
        return "DescribeService";
    }

    @Override
    public Object execute(Call call) {
        call.authorise("*");
        // Every spec has every level and every usage as long as there is one of each.
        List<Spec> specs = names(KeySpec.values()).stream()
                .map(spec -> new Spec(
                        spec,
                        new SupportedLevels(names(ProtectionLevel.values())),
                        new Usages(names(KeyUsage.values()))))
                .toList();
        List<Level> levels =
                names(ProtectionLevel.values()).stream().map(Level::new).toList();
        return new Response(new Levels(levels), new Specs(specs));
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::toString).toList();
    }
}
