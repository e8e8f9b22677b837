package dev.keyledger.api.rest;

import dev.keyledger.api.protocol.ErrorMapper;
import java.io.IOException;
import java.util.List;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;

/** Sends a {@link StreamedBody} on the thread of the request: an executor of the framework's would take the request out of its limits. */
@Component
class StreamedBodyWriter implements HttpMessageConverter<StreamedBody> {

    private static final Logger LOG = LoggerFactory.getLogger("keyledger.request");

    @Override
    public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
        return false;
    }

    @Override
    public boolean canWrite(Class<?> type, @Nullable MediaType mediaType) {
        return StreamedBody.class.isAssignableFrom(type);
    }

    @Override
    public List<MediaType> getSupportedMediaTypes() {
        return List.of(MediaType.ALL);
    }

    @Override
    public StreamedBody read(Class<? extends StreamedBody> type, HttpInputMessage message) {
        throw new HttpMessageNotReadableException("an answer is never read", message);
    }

    @Override
    public void write(StreamedBody body, @Nullable MediaType contentType, HttpOutputMessage message)
            throws IOException {
        message.getHeaders().setContentType(contentType);
        try {
            body.writeTo(message.getBody());
            message.getBody().flush();
        } catch (IOException gone) {
            // The client is, or the node goes: nobody is left to be told.
            throw new CloseNowException();
        } catch (RuntimeException | Error broken) {
            LOG.error("an answer broke off while it was sent: {}", ErrorMapper.describe(broken));
            // Without the cause: the web server would log its message.
            throw new CloseNowException();
        }
    }
}
