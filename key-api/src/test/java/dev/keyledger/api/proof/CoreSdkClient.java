package dev.keyledger.api.proof;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The vendor's classic Java client, {@code aliyun-java-sdk-core} with {@code aliyun-java-sdk-kms}: signature V1, requests as beans. The same
 * calls fit its generations from 2018 (GET, XML) to today's (POST, JSON).
 */
final class CoreSdkClient implements KmsClient {

    private static final String REGION = "cn-hangzhou";
    private static final String MODEL = "com.aliyuncs.kms.model.v20160120.";

    private final String library;
    private final SdkLibraries sdk;
    private final Object client;

    CoreSdkClient(String library, String directory, String endpoint, AccessKeyPair key) {
        this.library = library;
        this.sdk = new SdkLibraries(directory);
        sdk.runStatic("com.aliyuncs.profile.DefaultProfile", "addEndpoint", REGION, REGION, "Kms", endpoint);
        Object profile =
                sdk.callStatic("com.aliyuncs.profile.DefaultProfile", "getProfile", REGION, key.id(), key.secret());
        this.client = sdk.make("com.aliyuncs.DefaultAcsClient", profile);
    }

    @Override
    public Answer call(String action, Map<String, String> parameters) {
        Object request = sdk.make(MODEL + action + "Request");
        sdk.run(request, "setProtocol", sdk.constant("com.aliyuncs.http.ProtocolType", "HTTP"));
        parameters.forEach((name, value) -> sdk.set(request, name, value));
        try {
            return Answer.success(action, members(sdk.attempt(client, "getAcsResponse", request)));
        } catch (AssertionError error) {
            throw error;
        } catch (Throwable refused) {
            if (!sdk.type("com.aliyuncs.exceptions.ClientException").isInstance(refused)) {
                throw new AssertionError(refused);
            }
            return Answer.refusal(
                    action,
                    (String) sdk.get(refused, "getErrCode"),
                    Map.of("Message", String.valueOf(refused.getMessage())));
        }
    }

    private Map<String, Object> members(Object bean) {
        Map<String, Object> members = new TreeMap<>();
        for (Method getter : bean.getClass().getDeclaredMethods()) {
            if (getter.getName().startsWith("get")
                    && getter.getParameterCount() == 0
                    && Modifier.isPublic(getter.getModifiers())
                    && !getter.isBridge()) {
                Object value = value(bean, getter);
                if (value != null) {
                    members.put(getter.getName().substring("get".length()), value);
                }
            }
        }
        return members;
    }

    private @Nullable Object value(Object bean, Method getter) {
        try {
            Object value = getter.invoke(bean);
            if (value instanceof List<?> list) {
                return list.stream().map(this::plain).toList();
            }
            return value == null ? null : plain(value);
        } catch (ReflectiveOperationException failed) {
            throw new LinkageError(failed.getMessage(), failed);
        }
    }

    private Object plain(Object value) {
        return value.getClass().getName().startsWith("com.aliyuncs.kms.") ? members(value) : value;
    }

    @Override
    public boolean offers(String action) {
        return sdk.has(MODEL + action + "Request");
    }

    @Override
    public String library() {
        return library;
    }

    @Override
    public void close() {
        sdk.close();
    }
}
