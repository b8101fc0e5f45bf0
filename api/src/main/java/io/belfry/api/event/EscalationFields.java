package io.belfry.api.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.belfry.api.json.Fields;
import io.belfry.api.problem.Faults;
import io.belfry.core.event.EscalationRule;
import io.belfry.core.user.UserId;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a request says of a notification that repeats itself, and what is wrong with it. For one thread.
final class EscalationFields {
    private static final int TIMES = 10;

    private final Faults faults;
    private Optional<Duration> every = Optional.empty();
    private Optional<Duration> after = Optional.empty();
    private List<String> next = List.of();
    private int times = TIMES;
    private boolean isWrong;

    EscalationFields(Faults faults) {
        this.faults = faults;
    }

    /// @param parser at the field's value; afterwards at its end
    Optional<EscalationRule> read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            faults.add("/repeatUntilAcknowledged", "expected: an object");
            parser.skipChildren();
            return Optional.empty();
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            field(name, parser);
        }
        if (every.isEmpty() && !isWrong) {
            fault("every", "missing (expected: " + EscalationRule.EXPECTED + ")");
        }
        if (next.isEmpty() != after.isEmpty() && !isWrong) {
            fault("then", "expected: both then and thenAfter, or neither");
        }
        return isWrong
                ? Optional.empty()
                : Optional.of(new EscalationRule(
                        every.orElseThrow(), times, after.map(wait -> new EscalationRule.Next(next, wait))));
    }

    private void field(String name, JsonParser parser) throws IOException {
        switch (name) {
            case "every" -> every = wait(name, parser);
            case "thenAfter" -> after = wait(name, parser);
            case "times" -> {
                times = parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getValueAsInt() : 0;
                parser.skipChildren();
                if (times < 1 || times > EscalationRule.MAX_TIMES) {
                    fault(name, "expected: a whole number from 1 to " + EscalationRule.MAX_TIMES);
                }
            }
            case "then" -> next = users(name, parser);
            default -> {
                parser.skipChildren();
                fault(name, "unknown field (expected: every, then, thenAfter, times)");
            }
        }
    }

    private void fault(String name, String detail) {
        faults.add("/repeatUntilAcknowledged/" + Fields.escaped(name), detail);
        isWrong = true;
    }

    private Optional<Duration> wait(String name, JsonParser parser) throws IOException {
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        parser.skipChildren();
        Optional<Duration> wait = Optional.empty();
        try {
            wait = Optional.of(Duration.parse(text)).filter(EscalationRule::isWait);
        } catch (DateTimeException e) {
            // Said below.
        }
        if (wait.isEmpty()) {
            fault(name, "expected: " + EscalationRule.EXPECTED);
        }
        return wait;
    }

    private List<String> users(String name, JsonParser parser) throws IOException {
        var users = new ArrayList<String>();
        boolean fits = parser.currentToken() == JsonToken.START_ARRAY;
        if (fits) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
                parser.skipChildren();
                fits &= UserId.isValid(text);
                if (users.size() <= EscalationRule.MAX_NEXT) {
                    users.add(text);
                }
            }
        } else {
            parser.skipChildren();
        }
        List<String> distinct = users.stream().distinct().toList();
        if (!fits || distinct.isEmpty() || distinct.size() > EscalationRule.MAX_NEXT) {
            fault(name, "expected: 1 to " + EscalationRule.MAX_NEXT + " user ids");
            return List.of();
        }
        return distinct;
    }
}
