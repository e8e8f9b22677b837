package dev.keyledger.api.proof;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The vendor's newer Java client, {@code com.aliyun:kms20160120} on Tea: signature V3, system parameters in headers. */
final class TeaSdkClient implements KmsClient {

    private static final String PACKAGE = "com.aliyun.kms20160120.";

    private final SdkLibraries sdk = new SdkLibraries("sdk-tea");
    private final Object client;

    TeaSdkClient(String endpoint, AccessKeyPair key) {
        Object config = sdk.make("com.aliyun.teaopenapi.models.Config");
        sdk.set(config, "Endpoint", endpoint);
        sdk.set(config, "Protocol", "HTTP");
        sdk.set(config, "RegionId", "cn-hangzhou");
        sdk.set(config, "AccessKeyId", key.id());
        sdk.set(config, "AccessKeySecret", key.secret());
        this.client = sdk.make(PACKAGE + "Client", config);
    }

    @Override
    public Answer call(String action, Map<String, String> parameters) {
        Object request = sdk.make(PACKAGE + "models." + action + "Request");
        parameters.forEach((name, value) -> sdk.set(request, name, value));
        try {
            Object response = sdk.attempt(client, methodName(action), request);
            Object body = sdk.get(response, "getBody");
            return Answer.success(action, members((Map<?, ?>) sdk.get(body, "toMap")));
        } catch (AssertionError error) {
            throw error;
        } catch (Throwable refused) {
            if (!sdk.type("com.aliyun.tea.TeaException").isInstance(refused)) {
                throw new AssertionError(refused);
            }
            return Answer.refusal(
                    action, (String) sdk.get(refused, "getCode"), members((Map<?, ?>) sdk.get(refused, "getData")));
        }
    }

    private static String methodName(String action) {
        return action.substring(0, 1).toLowerCase(Locale.ROOT) + action.substring(1);
    }

    private static Map<String, Object> members(Map<?, ?> map) {
        Map<String, Object> members = new TreeMap<>();
        map.forEach((name, value) -> {
            if (value != null) {
                members.put(String.valueOf(name), value);
            }
        });
        return members;
    }

    @Override
    public String library() {
        return "com.aliyun:kms20160120 1.2.3";
    }

    @Override
    public void close() {
        sdk.close();
    }
}
