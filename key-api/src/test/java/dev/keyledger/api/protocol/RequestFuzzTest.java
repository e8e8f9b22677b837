package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyledger.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.tomcat.util.http.Parameters;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a request's query or form. */
class RequestFuzzTest {

    static Stream<byte[]> forms() {
        return Stream.of(
                        "Action=CreateKey&Description=a%20b%2Bc+d%C3%A9&Format=",
                        "a=1&a=2",
                        "=1",
                        "a=%",
                        "a=%4",
                        "a=%gg",
                        "a=%00",
                        "a=%ff",
                        "a=\u00c3\u00a9",
                        "&&a&b=&=&",
                        "Tag.1.Key=k&Tag.1.Value=v",
                        "a=%ED%A0%80",
                        "a=%F0%9F%98%80",
                        "a=b=c&d;e=f")
                .map(form -> form.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("forms")
    @FuzzTest
    void a_form_means_what_the_rules_say(byte[] form) {
        FormMeaningTest.assertSameMeaning(new String(form, StandardCharsets.ISO_8859_1));
    }

    /** The container is laxer, so it says nothing about a form that is refused. */
    @MethodSource("forms")
    @FuzzTest
    void a_form_that_is_accepted_means_the_same_to_the_servlet_container(byte[] form) {
        Map<String, String> ours = new LinkedHashMap<>();
        try {
            RequestDecoder.addForm(form, ours);
        } catch (Refusal refusal) {
            return;
        }
        Parameters container = new Parameters();
        container.setCharset(StandardCharsets.UTF_8);
        container.processParameters(form, 0, form.length);

        List<String> names = Collections.list(container.getParameterNames());
        assertThat(names).isEqualTo(List.copyOf(ours.keySet()));
        ours.forEach(
                (name, value) -> assertThat(container.getParameterValues(name)).containsExactly(value));
    }
}
