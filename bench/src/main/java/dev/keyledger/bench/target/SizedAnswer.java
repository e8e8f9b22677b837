package dev.keyledger.bench.target;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A servlet that reads the whole request and answers as many bytes as it was told before, with the headers of the service.
 * {@code GET /size/123} tells it.
 */
abstract class SizedAnswer extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final String SIZE = "/size/";

    private volatile byte[] answer = new byte[0];

    /** What is done between reading the request and answering it. */
    abstract void work() throws IOException;

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getRequestURI();
        if (path.startsWith(SIZE)) {
            answer = "x".repeat(Integer.parseInt(path.substring(SIZE.length()))).getBytes(StandardCharsets.US_ASCII);
            return;
        }
        request.getInputStream().readAllBytes();
        work();
        byte[] body = answer;
        response.setContentType("application/json;charset=utf-8");
        response.setContentLength(body.length);
        response.setHeader("x-acs-request-id", "00000000-0000-0000-0000-000000000000");
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(body);
    }
}
