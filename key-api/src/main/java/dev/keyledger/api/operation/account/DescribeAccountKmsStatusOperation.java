package dev.keyledger.api.operation.account;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import org.springframework.stereotype.Component;

/** DescribeAccountKmsStatus: a service of one's own is always open and never in debt. */
@Component
final class DescribeAccountKmsStatusOperation implements Operation {

    record Response(String accountStatus) {}

    @Override
    public String name() {
        return "DescribeAccountKmsStatus";
    }

    @Override
    public Object execute(Call call) {
        call.authorise("*");
        return new Response("Enabled");
    }
}
