package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithSize;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionTimedOutException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Any text in an answer, and any fault behind one: both encodings stay well-formed and keep every character they can. */
class AnswerFuzzTest {

    private static final ResponseEncoder ENCODER = new ResponseEncoder();
    private static final JsonMapper JSON = new JsonMapper();

    private record Answer(String first, Items items, int number) {}

    private record Items(List<String> item) {}

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("plain", List.of("a", ""), "host"),
                Arguments.of("<&>\"']]>\r\n\t\u0000\u001f", List.of("\ud83d\udd11", "\ud83d"), "%s"),
                Arguments.of("\udd11\ud83d\ud83d\udd11", List.of("\ufffe\uffff\ufeff", "\u2028\u0085\u007f"), "<!--"));
    }

    @MethodSource("texts")
    @FuzzTest
    void an_answer_is_well_formed_and_says_what_was_to_be_said(
            @NotNull String first, @NotNull @WithSize(max = 5) List<@NotNull String> items, @NotNull String host)
            throws Exception {
        Answer answer = new Answer(first, new Items(items), items.size());

        JsonNode json = JSON.readTree(ENCODER.success(WireFormat.JSON, answer, "id"));
        assertThat(json.propertyNames()).containsExactly("First", "Items", "Number", "RequestId");
        assertThat(json.get("First").stringValue()).isEqualTo(unicode(first));
        assertThat(json.get("Items")
                        .get("Item")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList())
                .isEqualTo(items.stream().map(AnswerFuzzTest::unicode).toList());

        Document xml = xml(ENCODER.success(WireFormat.XML, answer, "id"));
        assertThat(texts(xml, "First")).containsExactly(carried(first));
        assertThat(texts(xml, "Item"))
                .isEqualTo(items.stream().map(AnswerFuzzTest::carried).toList());
        assertThat(texts(xml, "RequestId")).containsExactly("id");

        // Names and hosts come out of a strict decoder: they have no half surrogate pairs.
        String name = unicode(first);
        String asked = unicode(host);
        Refusal refusal = Refusal.of(ErrorCode.INVALID_PARAMETER, name);
        JsonNode error = JSON.readTree(ENCODER.error(WireFormat.JSON, refusal, "id", asked));
        assertThat(error.get("Message").stringValue()).isEqualTo(refusal.clientMessage());
        assertThat(error.get("HostId").stringValue()).isEqualTo(asked);
        Document xmlError = xml(ENCODER.error(WireFormat.XML, refusal, "id", asked));
        assertThat(texts(xmlError, "Message")).containsExactly(carried(refusal.clientMessage()));
        assertThat(texts(xmlError, "HostId")).containsExactly(carried(asked));
    }

    private static Document xml(byte[] bytes) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }

    private static List<String> texts(Document xml, String name) {
        NodeList found = xml.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(n -> found.item(n).getTextContent())
                .toList();
    }

    /** Half a surrogate pair, which has no UTF-8 form, becomes U+FFFD. */
    private static String unicode(String text) {
        return replaced(text, c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** So does what no XML document can hold. */
    private static String carried(String text) {
        return replaced(
                unicode(text), c -> (c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF);
    }

    private static String replaced(String text, IntPredicate unfit) {
        return text.codePoints()
                .map(c -> unfit.test(c) ? 0xFFFD : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    static Stream<byte[]> faults() {
        return Stream.of(
                new byte[0], new byte[] {0}, new byte[] {1, 2, 0}, new byte[] {3, 3, 4}, new byte[] {5, 1}, new byte[] {
                    6, 0
                });
    }

    /** Each byte is one more cause. Whatever failed, the client is told a code of the catalogue, and the log quotes no message. */
    @MethodSource("faults")
    @FuzzTest
    void a_fault_becomes_a_refusal_and_its_message_goes_nowhere(byte[] causes) {
        String secret = "plaintext";
        Throwable fault = new IllegalStateException(secret);
        for (int i = causes.length - 1; i >= 0; i--) {
            fault = switch (Math.floorMod(causes[i], 7)) {
                case 0 -> Refusal.of(ErrorCode.KEY_NOT_FOUND);
                case 1 -> new RuntimeException(secret, fault);
                case 2 -> new SQLException(secret, "08006", fault);
                case 3 -> new SQLException(secret, "23505", fault);
                case 4 -> new DataAccessResourceFailureException(secret, fault);
                case 5 -> new TransactionTimedOutException(secret, fault);
                default -> new SQLException(secret, null, fault);
            };
        }
        ErrorCode expected = ErrorCode.INTERNAL_FAILURE;
        for (byte cause : causes) {
            int kind = Math.floorMod(cause, 7);
            if (kind == 0) {
                expected = ErrorCode.KEY_NOT_FOUND;
                break;
            }
            // A fault of SQL without a state is the pool's word that a connection is gone.
            if (kind != 1 && kind != 3) {
                expected = ErrorCode.SERVICE_UNAVAILABLE;
                break;
            }
        }
        Refusal refusal = ErrorMapper.refusalFor(fault);
        assertThat(refusal.code()).isEqualTo(expected);
        assertThat(refusal.clientMessage()).doesNotContain(secret);
        assertThat(refusal.reason()).doesNotContain(secret);
        assertThat(ErrorMapper.describe(fault)).doesNotContain(secret);
        assertThat(new String(ENCODER.error(WireFormat.JSON, refusal, "id", ""), StandardCharsets.UTF_8))
                .doesNotContain(secret);
    }
}
