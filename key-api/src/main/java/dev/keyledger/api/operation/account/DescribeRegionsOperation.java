package dev.keyledger.api.operation.account;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import java.util.List;
import org.springframework.stereotype.Component;

/** DescribeRegions: the one region of this store. */
@Component
final class DescribeRegionsOperation implements Operation {

    private final StoreIdentity identity;

    DescribeRegionsOperation(StoreIdentity identity) {
        this.identity = identity;
    }

    record Response(Regions regions) {}

    record Regions(List<Region> region) {}

    record Region(String regionId) {}

    @Override
    public String name() {
        return "DescribeRegions";
    }

    @Override
    public Object execute(Call call) {
        call.authorise("*");
        return new Response(new Regions(List.of(new Region(identity.region()))));
    }
}
