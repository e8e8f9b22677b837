package dev.keyledger.importing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeakMaterialTest {

    @Test
    void a_repeated_byte_is_recognised() {
        byte[] material = new byte[32];
        assertThat(WeakMaterial.inspect(material)).contains("all-zero");
        for (int value = 1; value < 256; value++) {
            Arrays.fill(material, (byte) value);
            assertThat(WeakMaterial.inspect(material)).contains("one-repeated-byte");
        }
        material[31]++;
        assertThat(WeakMaterial.inspect(material)).isEmpty();
    }

    @Test
    void text_is_recognised() {
        assertThat(inspect("correct horse battery staple 123")).contains("printable-ascii");
        assertThat(inspect("~}|{ !\"#$%&'()*+,-./09:@AZ[`az{|")).contains("printable-ascii");
        assertThat(inspect("correct horse battery staple 12\n")).isEmpty();
        assertThat(inspect("correct horse battery staple 12\u007f")).isEmpty();
    }

    private static java.util.Optional<String> inspect(String text) {
        return WeakMaterial.inspect(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void what_the_plain_generator_of_java_makes_is_recognised_wherever_it_stands() {
        for (long seed = 0; seed < 300; seed++) {
            Random weak = new Random(seed * 7_919);
            byte[] material = new byte[32];
            weak.nextBytes(material);
            assertThat(WeakMaterial.inspect(material)).contains("java-util-random");
            weak.nextBytes(material);
            assertThat(WeakMaterial.inspect(material)).contains("java-util-random");
        }
    }

    @Test
    void one_changed_bit_is_no_longer_its_output() {
        byte[] material = new byte[32];
        new Random(1).nextBytes(material);
        material[31] ^= 1;
        assertThat(WeakMaterial.inspect(material)).isEmpty();
    }

    @Test
    void good_material_is_not_called_weak() {
        SecureRandom strong = new SecureRandom();
        byte[] material = new byte[32];
        for (int i = 0; i < 1_000; i++) {
            strong.nextBytes(material);
            assertThat(WeakMaterial.inspect(material)).isEmpty();
        }
    }
}
