package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document against the node that serves it: routes, parameters, and the members of answers. */
@ExtendWith(NodeExtension.class)
class OpenApiTest {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[A-Za-z]+}");

    private TestNode node;
    private Keys keys;
    private Rest rest;
    private JsonNode document;

    @BeforeEach
    void read(TestNode shared, Keys made) {
        node = shared;
        keys = made;
        rest = new Rest(shared);
        document = rest.get("/v1/openapi.json").ok().json();
    }

    @Test
    void every_route_is_in_it_and_nothing_else() {
        Set<String> served = new TreeSet<>();
        RequestMappingHandlerMapping mapping =
                node.keyledger().context().getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        for (RequestMappingInfo route : mapping.getHandlerMethods().keySet()) {
            for (String path : route.getPatternValues()) {
                if (path.startsWith("/v1")) {
                    for (RequestMethod method : route.getMethodsCondition().getMethods()) {
                        // OpenAPI has no word for "and whatever is below".
                        served.add(method + " " + path.replace("/**", "/{path}"));
                    }
                }
            }
        }
        Set<String> described = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

        assertThat(described).isEqualTo(served);
    }

    @Test
    void every_parameter_is_taken_and_every_answer_is_as_described() {
        String key = keys.imported(Keys.material()).id();
        keys.encrypted(key);
        rest.settle();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> rest.get("/v1/log/checkpoint").status() == 200);
        // Of a key that is not there: nothing is sent.
        String webhook =
                rest.send("POST", "/v1/webhooks", """
                        {"url": "https://hooks.example.com/", "keyIds": ["01234567-89ab-cdef-0123-456789abcdef"]}
                        """).json().path("webhookId").stringValue();
        List<String> asked = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            JsonNode get = path.getValue().path("get");
            if (get.isMissingNode() || get.at("/responses/200/content").has("text/event-stream")) {
                // A stream has no end; its parameters are tried by those who read it.
                continue;
            }
            String url = required(path.getKey(), get, path.getKey().startsWith("/v1/webhooks") ? webhook : key);
            asked.add(url);
            Rest.Answer reply = rest.get(url, "x-keyledger-reason", "ticket 17").ok();
            if (isJson(get)) {
                check(get, reply.json());
            }
            for (JsonNode parameter : get.path("parameters")) {
                if (parameter.path("in").asString("").equals("query")
                        && !parameter.path("required").asBoolean(false)) {
                    String query = query(url, parameter);
                    asked.add(query);
                    check(get, rest.get(query).ok().json());
                }
            }
        }
        rest.send("DELETE", "/v1/webhooks/" + webhook, "").ok();
        assertThat(asked).hasSizeGreaterThan(30);
    }

    /** The path with what must be in it and behind it. */
    private static String required(String path, JsonNode get, String id) {
        String url = path;
        for (JsonNode parameter : get.path("parameters")) {
            if (parameter.path("in").asString("").equals("path")) {
                String value = path.startsWith("/v1/keys") || path.startsWith("/v1/webhooks")
                        ? id
                        : parameter.path("example").asString("0");
                url = PLACEHOLDER.matcher(url).replaceFirst(value);
            } else if (parameter.path("required").asBoolean(false)) {
                url = Rest.query(url, parameter.path("name").stringValue(), example(parameter));
            }
        }
        return url;
    }

    private String query(String url, JsonNode parameter) {
        String name = parameter.path("name").stringValue();
        return switch (name) {
            case "cursor" -> {
                JsonNode first = rest.get(url + "?limit=1").ok().json();
                yield first.has("nextCursor")
                        ? Rest.query(url, "cursor", first.path("nextCursor").stringValue())
                        : url;
            }
            case "at" ->
                Rest.query(
                        url, "at", rest.get("/v1/clock").ok().json().path("now").stringValue());
            case "contextValue" -> Rest.query(url, "contextKey", "purpose", name, example(parameter));
            default -> Rest.query(url, name, example(parameter));
        };
    }

    private static String example(JsonNode parameter) {
        return parameter.path("example").asString();
    }

    /** Where it is, it is the first that is offered. */
    private static boolean isJson(JsonNode operation) {
        return operation.at("/responses/200/content").properties().stream()
                .findFirst()
                .map(Map.Entry::getKey)
                .filter(type -> type.endsWith("/json") || type.endsWith("+json"))
                .isPresent();
    }

    private void check(JsonNode operation, JsonNode answer) {
        check(
                operation.at("/responses/200/content").properties().stream()
                        .findFirst()
                        .orElseThrow()
                        .getValue()
                        .path("schema"),
                answer,
                operation.path("operationId").stringValue());
    }

    /** As much of JSON Schema as the document uses. */
    private void check(JsonNode schema, JsonNode value, String where) {
        if (schema.has("$ref")) {
            check(document.at(schema.path("$ref").stringValue().substring(1)), value, where);
            return;
        }
        switch (schema.path("type").stringValue()) {
            case "object" -> checkObject(schema, value, where);
            case "array" -> {
                assertThat(value.isArray()).as(where).isTrue();
                value.forEach(item -> check(schema.path("items"), item, where + "[]"));
            }
            case "string" -> assertThat(value.isString()).as(where).isTrue();
            case "integer" -> assertThat(value.isIntegralNumber()).as(where).isTrue();
            case "number" -> assertThat(value.isNumber()).as(where).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(where).isTrue();
            default -> throw new AssertionError("no such type: " + schema);
        }
        if (schema.has("enum")) {
            assertThat(schema.path("enum")).as(where).contains(value);
        }
    }

    private void checkObject(JsonNode schema, JsonNode value, String where) {
        assertThat(value.isObject()).as(where).isTrue();
        schema.path("required")
                .forEach(name -> assertThat(value.has(name.stringValue()))
                        .as("%s has %s in %s", where, name, value)
                        .isTrue());
        value.properties().forEach(member -> {
            JsonNode described = schema.path("properties").path(member.getKey());
            if (!described.isMissingNode()) {
                check(described, member.getValue(), where + "." + member.getKey());
            } else if (schema.path("additionalProperties").isObject()) {
                check(schema.path("additionalProperties"), member.getValue(), where + "." + member.getKey());
            } else {
                assertThat(schema.path("additionalProperties").asBoolean(true))
                        .as("%s has %s, which is not described", where, member.getKey())
                        .isTrue();
            }
        });
    }
}
