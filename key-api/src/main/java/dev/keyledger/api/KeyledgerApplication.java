package dev.keyledger.api;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Keyledger. */
@SpringBootApplication
public class KeyledgerApplication {

    /** Entry point of {@code keyledger.jar}. */
    public static void main(String[] args) {
        SpringApplication.run(KeyledgerApplication.class, args);
    }
}
