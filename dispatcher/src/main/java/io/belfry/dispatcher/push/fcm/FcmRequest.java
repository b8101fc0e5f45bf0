package io.belfry.dispatcher.push.fcm;

import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import io.micronaut.core.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/// One request. Buffers both bodies, which are small and bounded, so that the connection is free again as soon as the
/// answer is here.
final class FcmRequest extends LowLevelHttpRequest {
    private static final int MAX_RESPONSE_BYTES = 64 * 1024;

    private final HttpClient client;
    private final HttpUriRequestBase request;

    FcmRequest(HttpClient client, String method, String url) {
        this.client = client;
        this.request = new HttpUriRequestBase(method, URI.create(url));
    }

    @Override
    public void addHeader(String name, String value) {
        // Answers are a hundred bytes; not to have them compressed saves both sides the work.
        if (!name.equalsIgnoreCase("Accept-Encoding")) {
            request.addHeader(name, value);
        }
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
        OutgoingBody body = buffer();
        if (body != null) {
            request.setEntity(body);
        }
        FcmResponse response;
        try {
            response = client.execute(request, FcmRequest::read);
        } catch (IOException e) {
            throw body != null && body.begun ? new SendFailure.AnswerLost(e) : new SendFailure.NotSent(e);
        }
        if (response.getStatusCode() < 200 || response.getStatusCode() > 299) {
            throw new SendFailure.Refused(response.getStatusCode(), response.text(), response.header("Retry-After"));
        }
        return response;
    }

    @Nullable
    private OutgoingBody buffer() throws SendFailure.Unwritable {
        var content = getStreamingContent();
        if (content == null) {
            return null;
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
            content.writeTo(bytes);
            return new OutgoingBody(bytes.toByteArray(), ContentType.parse(getContentType()), getContentEncoding());
        } catch (IOException e) {
            throw new SendFailure.Unwritable(e);
        }
    }

    private static FcmResponse read(ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        byte[] body = new byte[0];
        if (entity != null) {
            try (InputStream in = entity.getContent()) {
                body = in.readNBytes(MAX_RESPONSE_BYTES);
            }
        }
        Header type = response.getFirstHeader("Content-Type");
        return new FcmResponse(
                response.getCode(),
                response.getReasonPhrase(),
                type == null ? null : type.getValue(),
                response.getHeaders(),
                body);
    }

    /// Knows whether any of it may have left this machine.
    private static final class OutgoingBody extends AbstractHttpEntity {
        private final byte[] bytes;
        private volatile boolean begun;

        OutgoingBody(byte[] bytes, ContentType type, @Nullable String encoding) {
            super(type, encoding, false);
            this.bytes = bytes;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            begun = true;
            out.write(bytes);
        }

        @Override
        public InputStream getContent() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public long getContentLength() {
            return bytes.length;
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }

        @Override
        public boolean isStreaming() {
            return false;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
