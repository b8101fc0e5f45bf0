package io.belfry.testkit.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Decides how one `messages:send` ends and logs it. Does no I/O.
final class SendEndpoint {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final InstantSource clock;
    private final Scripts scripts;
    private final TokenEndpoint tokens;
    private final MessageLog log;
    private final EventStreams streams;

    SendEndpoint(InstantSource clock, Scripts scripts, TokenEndpoint tokens, MessageLog log, EventStreams streams) {
        this.clock = clock;
        this.scripts = scripts;
        this.tokens = tokens;
        this.log = log;
        this.streams = streams;
    }

    Outcome handle(String project, String authorization, String body) {
        JsonNode request = parse(body);
        JsonNode message = request.path("message");
        String token = MessageRules.targetOf(message);
        String messageId = "projects/" + project + "/messages/" + UUID.randomUUID();
        boolean dryRun = request.path("validate_only")
                .asBoolean(request.path("validateOnly").asBoolean());
        Answer natural = answer(
                request, authorization, dryRun ? "projects/" + project + "/messages/fake_message_id" : messageId);

        Optional<Script> script = scripts.next(Script.Target.SEND, token);
        Outcome outcome = script.map(s -> Outcome.scripted(s, natural)).orElseGet(() -> Outcome.of(natural));
        int status = outcome.ending() == Script.Ending.ANSWER ? outcome.answer().status() : 0;
        boolean delivered = natural.isSuccess()
                && !dryRun
                && (status == 200 || script.map(Script::delivered).orElse(false));
        streams.publish(log.append(sequence -> new ReceivedMessage(
                sequence,
                clock.instant(),
                project,
                token,
                message.isMissingNode() ? "{}" : message.toString(),
                status,
                status == 0 ? outcome.ending().name() : outcome.answer().name(),
                delivered,
                status == 200 ? messageId : "")));
        return outcome;
    }

    Outcome token(String form) {
        Optional<Script> script = scripts.next(Script.Target.TOKEN, "");
        if (script.isPresent()
                && (script.get().failure().isPresent() || script.get().status().isPresent())) {
            return Outcome.scripted(script.get(), Answer.empty(200));
        }
        Answer natural = tokens.exchange(form);
        return script.map(s -> Outcome.scripted(s, natural)).orElseGet(() -> Outcome.of(natural));
    }

    private Answer answer(JsonNode request, String authorization, String messageId) {
        if (!tokens.accepts(authorization)) {
            return Failure.UNAUTHENTICATED.answer();
        }
        return MessageRules.check(request)
                .orElseGet(() -> Answer.json(200, JSON.createObjectNode().put("name", messageId)));
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /// How a request ends: `answer` after `delay`, or worse.
    record Outcome(Script.Ending ending, Answer answer, Duration delay) {

        static Outcome of(Answer answer) {
            return new Outcome(Script.Ending.ANSWER, answer, Duration.ZERO);
        }

        static Outcome scripted(Script script, Answer natural) {
            Answer answer = script.failure()
                    .map(Failure::answer)
                    .orElseGet(() -> script.status().isPresent()
                            ? Answer.empty(script.status().getAsInt())
                            : natural);
            Answer complete = script.retryAfter()
                    .map(wait -> answer.with(Map.of("Retry-After", String.valueOf(wait.toSeconds()))))
                    .orElse(answer);
            return new Outcome(script.ending(), complete, script.delay());
        }
    }
}
