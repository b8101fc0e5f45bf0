package io.belfry.dispatcher.push.fcm;

import com.google.api.client.http.LowLevelHttpResponse;
import io.micronaut.core.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.Header;

/// A response that was read whole.
final class FcmResponse extends LowLevelHttpResponse {
    private final int status;
    private final String reason;

    @Nullable
    private final String contentType;

    private final Header[] headers;
    private final byte[] body;

    FcmResponse(int status, String reason, @Nullable String contentType, Header[] headers, byte[] body) {
        this.status = status;
        this.reason = reason;
        this.contentType = contentType;
        this.headers = headers;
        this.body = body;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Nullable
    String header(String name) {
        for (Header header : headers) {
            if (header.getName().equalsIgnoreCase(name)) {
                return header.getValue();
            }
        }
        return null;
    }

    @Override
    public InputStream getContent() {
        return new ByteArrayInputStream(body);
    }

    @Override
    public String getContentEncoding() {
        return header("Content-Encoding");
    }

    @Override
    public long getContentLength() {
        return body.length;
    }

    @Override
    public String getContentType() {
        return contentType;
    }

    @Override
    public String getStatusLine() {
        return "HTTP/1.1 " + status + " " + reason;
    }

    @Override
    public int getStatusCode() {
        return status;
    }

    @Override
    public String getReasonPhrase() {
        return reason;
    }

    @Override
    public int getHeaderCount() {
        return headers.length;
    }

    @Override
    public String getHeaderName(int index) {
        return headers[index].getName();
    }

    @Override
    public String getHeaderValue(int index) {
        return headers[index].getValue();
    }
}
