package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ResponseEncoderTest {

    private static final String ID = "e85db688-a2d3-44ca-9790-4259f59e90d8";

    private final ResponseEncoder encoder = new ResponseEncoder();

    enum Colour {
        RED;

        @Override
        public String toString() {
            return "Deep/Red";
        }
    }

    record Everything(
            String text,
            boolean flag,
            int number,
            long bigNumber,
            Colour colour,
            Instant instant,
            @Nullable String absent,
            Optional<String> empty,
            Optional<String> present,
            @WireName("DKMSInstanceId") String instance,
            Inner inner,
            Keys keys) {
        record Inner(String value) {}

        record Keys(List<Entry> key) {}

        record Entry(String keyId) {}
    }

    private static Everything everything(List<Everything.Entry> entries) {
        return new Everything(
                "",
                true,
                7,
                1L << 40,
                Colour.RED,
                Instant.parse("2018-03-30T08:15:30.999Z"),
                null,
                Optional.empty(),
                Optional.of("there"),
                "i",
                new Everything.Inner("v"),
                new Everything.Keys(entries));
    }

    @Test
    void every_kind_of_member_in_json() {
        assertThat(json(everything(List.of(new Everything.Entry("a"), new Everything.Entry("b")))))
                .isEqualTo("{\"Text\":\"\",\"Flag\":true,\"Number\":7,\"BigNumber\":1099511627776,"
                        + "\"Colour\":\"Deep/Red\",\"Instant\":\"2018-03-30T08:15:30Z\",\"Present\":\"there\","
                        + "\"DKMSInstanceId\":\"i\",\"Inner\":{\"Value\":\"v\"},"
                        + "\"Keys\":{\"Key\":[{\"KeyId\":\"a\"},{\"KeyId\":\"b\"}]},\"RequestId\":\"" + ID + "\"}");
    }

    @Test
    void every_kind_of_member_in_xml() {
        assertThat(xml(everything(List.of(new Everything.Entry("a"), new Everything.Entry("b")))))
                .isEqualTo("<?xml version=\"1.0\" encoding=\"UTF-8\"?><KMS><Text></Text><Flag>true</Flag>"
                        + "<Number>7</Number><BigNumber>1099511627776</BigNumber><Colour>Deep/Red</Colour>"
                        + "<Instant>2018-03-30T08:15:30Z</Instant><Present>there</Present>"
                        + "<DKMSInstanceId>i</DKMSInstanceId><Inner><Value>v</Value></Inner>"
                        + "<Keys><Key><KeyId>a</KeyId></Key><Key><KeyId>b</KeyId></Key></Keys><RequestId>" + ID
                        + "</RequestId></KMS>");
    }

    @Test
    void an_empty_list_keeps_its_wrapper() {
        assertThat(json(everything(List.of()))).contains("\"Keys\":{\"Key\":[]}");
        assertThat(xml(everything(List.of()))).contains("<Keys></Keys>");
    }

    @Test
    void what_xml_cannot_carry_is_replaced_and_the_rest_arrives() throws Exception {
        String text = "\u0000\u0001\u000b\ufffe \r\n\t<&>\"' \u5bc6 \ud83d\ude00 \ud83d ]]>";
        Document read = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(encoder.success(WireFormat.XML, new Everything.Inner(text), ID)));

        assertThat(read.getElementsByTagName("Value").item(0).getTextContent())
                .isEqualTo("\ufffd\ufffd\ufffd\ufffd \r\n\t<&>\"' \u5bc6 \ud83d\ude00 \ufffd ]]>");
    }

    @Test
    void json_keeps_characters_as_they_are() {
        assertThat(json(new Everything.Inner("a=b&c<d>'+/ \u5bc6\ud83d\ude00")))
                .isEqualTo("{\"Value\":\"a=b&c<d>'+/ \u5bc6\ud83d\ude00\",\"RequestId\":\"" + ID + "\"}");
    }

    @Test
    void an_error_in_xml_echoes_a_string_to_sign_of_two_lines() {
        byte[] body = encoder.error(
                WireFormat.XML, Refusal.of(ErrorCode.SIGNATURE_DOES_NOT_MATCH, "ACS3-HMAC-SHA256\nab"), ID, "h<o>st");

        assertThat(new String(body, StandardCharsets.UTF_8))
                .contains("server string to sign is:ACS3-HMAC-SHA256\nab</Message>")
                .contains("<HostId>h&lt;o&gt;st</HostId>");
    }

    @Test
    void a_response_that_is_no_record_or_brings_its_own_request_id_is_a_fault() {
        record WithId(String requestId) {}
        record WithMap(Map<String, String> map) {}

        assertThatThrownBy(() -> json(new WithId("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> json(new WithMap(Map.of()))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> json(new Object())).isInstanceOf(IllegalArgumentException.class);
    }

    private String json(Object response) {
        return new String(encoder.success(WireFormat.JSON, response, ID), StandardCharsets.UTF_8);
    }

    private String xml(Object response) {
        return new String(encoder.success(WireFormat.XML, response, ID), StandardCharsets.UTF_8);
    }
}
