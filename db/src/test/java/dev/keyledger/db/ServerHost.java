package dev.keyledger.db;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A process with an embedded server, to be killed by a test. Arguments: database directory, directory of the programs, {@code guarded} or
 * {@code unguarded} (the server is then left behind when this process is killed).
 */
public final class ServerHost {

    private ServerHost() {}

    public static void main(String[] arguments) throws IOException {
        try {
            Launch launch = arguments[2].equals("guarded")
                    ? Launch.detect()
                    : Launch.detect().withoutGuard();
            EmbeddedPostgres server =
                    EmbeddedPostgres.start(Path.of(arguments[0]), Path.of(arguments[1]), launch, line -> {});
            List.of("ready", server.jdbcUrl(), Long.toString(server.pid())).forEach(System.out::println);
            System.in.read();
            server.close();
        } catch (EmbeddedPostgresException refused) {
            System.out.println("refused");
            System.out.println(refused.getMessage());
        }
    }
}
