package io.belfry.testkit.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.concurrent.Flow;

/// Collects the titles of the messages in an event stream.
final class LineCollector implements Flow.Subscriber<String> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> titles;

    LineCollector(List<String> titles) {
        this.titles = titles;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
        if (!line.startsWith("data: ")) {
            return;
        }
        try {
            var event = JSON.readTree(line.substring("data: ".length()));
            if (event.has("notification")) {
                titles.add(event.at("/notification/title").asText());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        // The test ends the stream.
    }

    @Override
    public void onComplete() {
        // The test ends the stream.
    }
}
