package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {

    private static final String DASH = "\u2014 ";

    /** C2SP signed-note, "Example". */
    private static final String SAMPLE = "This is an example message.\n\n" + DASH
            + "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    /** The same section. */
    private static final VerifierKey SAMPLE_KEY =
            VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");

    private static SignedNote parse(String note) {
        return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void the_sample_of_the_specification_is_read_verified_and_written_again() {
        SignedNote note = parse(SAMPLE);

        assertThat(note.text()).isEqualTo("This is an example message.\n");
        assertThat(note.verifiedBy(List.of(SampleKeys.KEY, SAMPLE_KEY))).containsExactly(SAMPLE_KEY);
        assertThat(new String(note.bytes(), StandardCharsets.UTF_8)).isEqualTo(SAMPLE);
    }

    @Test
    void every_change_of_a_byte_of_text_or_signature_is_refused() {
        byte[] good = SampleKeys.signer().sign("text of\n\nseveral lines\n").bytes();
        for (int i = 0; i < good.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] changed = good.clone();
                changed[i] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> SignedNote.parse(changed).verifiedBy(List.of(SampleKeys.KEY)))
                        .as("byte %d, bit %d", i, bit)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void a_text_may_have_empty_lines_because_the_last_one_counts() {
        for (String text : List.of("\n", "\n\n", "a\n\n", "\n\na\n\n\nb\n")) {
            SignedNote note = SampleKeys.signer().sign(text);
            assertThat(SignedNote.parse(note.bytes())).isEqualTo(note);
            assertThat(SignedNote.parse(note.bytes()).text()).isEqualTo(text);
        }
    }

    @Test
    void signatures_of_strangers_are_kept_and_passed_over() {
        SignedNote note = SampleKeys.signer()
                .sign("text\n")
                .with(new NoteSignature("stranger", 7, new byte[2424]))
                .with(new NoteSignature(SampleKeys.ORIGIN, 7, new byte[64]))
                .with(new NoteSignature("stranger", SampleKeys.KEY.id(), new byte[64]))
                .with(SampleKeys.otherSigner().sign("text\n").signatures().get(0));

        SignedNote read = SignedNote.parse(note.bytes());

        assertThat(read.signatures()).hasSize(5).isEqualTo(note.signatures());
        assertThat(read.verifiedBy(List.of(SampleKeys.KEY))).containsExactly(SampleKeys.KEY);
        assertThat(read.verifiedBy(List.of(SampleKeys.OTHER, SampleKeys.KEY)))
                .containsExactly(SampleKeys.KEY, SampleKeys.OTHER);
    }

    @Test
    void one_false_signature_of_a_known_key_spoils_the_note() {
        SignedNote note = SampleKeys.signer()
                .sign("text\n")
                .with(SampleKeys.otherSigner()
                        .sign("another text\n")
                        .signatures()
                        .get(0));

        assertThat(note.verifiedBy(List.of(SampleKeys.KEY))).containsExactly(SampleKeys.KEY);
        assertThatThrownBy(() -> note.verifiedBy(List.of(SampleKeys.KEY, SampleKeys.OTHER)))
                .isInstanceOf(UnverifiedNoteException.class)
                .hasMessageContaining(SampleKeys.OTHER.name());
    }

    @Test
    void a_note_that_no_known_key_signed_says_nothing() {
        SignedNote note = SampleKeys.signer().sign("text\n");

        assertThatThrownBy(() -> note.verifiedBy(List.of(SampleKeys.OTHER)))
                .isInstanceOf(UnverifiedNoteException.class);
        assertThatThrownBy(() -> note.verifiedBy(List.of())).isInstanceOf(UnverifiedNoteException.class);
    }

    @Test
    void a_hundred_signatures_are_read_and_more_are_refused() {
        NoteSignature one = new NoteSignature("stranger", 7, new byte[64]);
        SignedNote most = new SignedNote("text\n", Collections.nCopies(SignedNote.MAX_SIGNATURES, one));

        assertThat(SignedNote.parse(most.bytes())).isEqualTo(most);
        assertThatThrownBy(() -> most.with(one)).isInstanceOf(IllegalArgumentException.class);
        String more = new String(most.bytes(), StandardCharsets.UTF_8) + DASH + "stranger AAAABwA=\n";
        assertThatThrownBy(() -> parse(more)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignedNote.parse(new byte[SignedNote.MAX_BYTES + 1]))
                .hasMessageContaining("longer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "\n\n",
                "text\n",
                "text\n\n",
                "text\n\n\u2014 a AAAABwA=", // No line feed at the end.
                "text\n\u2014 a AAAABwA=\n", // No blank line.
                "text\n\na AAAABwA=\n", // No dash.
                "text\n\n- a AAAABwA=\n",
                "text\n\n\u2014a AAAABwA=\n",
                "text\n\n\u2014 AAAABwA=\n", // No name.
                "text\n\n\u2014  AAAABwA=\n",
                "text\n\n\u2014 a\n", // No signature.
                "text\n\n\u2014 a \n",
                "text\n\n\u2014 a AAAABw==\n", // The id only.
                "text\n\n\u2014 a AAAABwA\n", // No padding.
                "text\n\n\u2014 a AAAABwB=\n", // Bits beyond the last byte.
                "text\n\n\u2014 a AAAABw_A\n", // The alphabet of URLs.
                "text\n\n\u2014 a b AAAABwA=\n", // A name with a space.
                "text\n\n\u2014 a+b AAAABwA=\n",
                "text\n\n\u2014 a AAAABwA= \n",
                "text\n\n\u2014 a AAAABwA=\n\u2014 a AAAABwA=\nb\n",
                "text\r\n\n\u2014 a AAAABwA=\n", // Control characters.
                "te\txt\n\n\u2014 a AAAABwA=\n",
                "te\0xt\n\n\u2014 a AAAABwA=\n",
            })
    void malformed_notes_are_refused(String note) {
        assertThatThrownBy(() -> parse(note)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused() {
        byte[] note = "text\n\n\u2014 a AAAABwA=\n".getBytes(StandardCharsets.UTF_8);
        assertThat(SignedNote.parse(note).signatures()).hasSize(1);
        note[0] = (byte) 0xFF;

        assertThatThrownBy(() -> SignedNote.parse(note)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no line feed", "tab\t\n", "half a pair \ud800\n"})
    void such_a_text_is_not_signed(String text) {
        NoteSigner signer = SampleKeys.signer();

        assertThatThrownBy(() -> signer.sign(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_signer_has_two_halves_that_belong_together_and_prints_the_public_one() {
        assertThatThrownBy(() -> new NoteSigner(SampleKeys.KEY, Ed25519.privateKey(SampleKeys.OTHER_SEED)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(SampleKeys.signer()).hasToString("NoteSigner[" + SampleKeys.KEY.text() + "]");
    }
}
