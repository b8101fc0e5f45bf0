package io.belfry.standalone.client;

import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Hands the messages of a WebSocket to the thread that asks for them. The next one is only requested once the
/// last was taken, so a slow reader holds the server back instead of filling the heap.
final class SocketMessages implements WebSocket.Listener {
    private final BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private volatile WebSocket socket;

    /// What came.
    sealed interface Message {}

    /// A whole text message.
    record Text(String text) implements Message {}

    /// The end of the connection; 1006 when nobody said goodbye.
    record Closed(int code, String reason) implements Message {}

    /// Nothing, for as long as one was willing to wait.
    record Silence() implements Message {}

    Message next(Duration patience) throws InterruptedException {
        Message message = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (message instanceof Text) {
            socket.request(1);
        }
        return message == null ? new Silence() : message;
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            queue.add(new Text(partial.toString()));
            partial.setLength(0);
        } else {
            from.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        queue.add(new Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        queue.add(new Closed(1006, String.valueOf(failure.getMessage())));
    }
}
