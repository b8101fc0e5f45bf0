package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.UserPreferences;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class WhyTest {
    private final Console console;
    private final Browser browser;
    private final String user = "why-" + UUID.randomUUID();

    WhyTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.VIEWER);
    }

    @Test
    void tellsWhatWouldBeDecidedAndWhatItRestsOn() {
        chosen(new Preferences(
                Map.of("news", Map.of(Medium.PUSH, false)),
                Set.of("team/7"),
                Optional.of(Instant.parse("2999-01-01T00:00:00Z")),
                Optional.empty()));
        String page = why("type=why.type&topic=team/7/deploys");
        assertThat(page)
                .contains(user + " would get it in the inbox, but no push.")
                .contains("topic_muted", "The user muted the event&#39;s topic, or one above it.")
                .contains("muted by the user, or one above it is", "no disturbance until", "none registered for push");
    }

    @Test
    void whoHasADeviceAndChoseNothingGetsAPush() {
        chosen(Preferences.NONE);
        console.get(Devices.class)
                .register(
                        new Device(user, "phone", "token-" + user, Platform.ANDROID, Optional.empty(), Instant.EPOCH));
        assertThat(why("type=why.type"))
                .contains(user + " would get it.", "A push follows 10 s later, unless it was received")
                .contains("1 registered for push");
    }

    @Test
    void strangersAreAsWhoChoseNothing() {
        assertThat(why("type=why.type")).contains("There is no such user yet", "no_device");
    }

    @Test
    void tellsWhatWasDecidedBesideWhatWouldBeNow() throws Exception {
        NewEvent event = event();
        console.deliver(new NewNotification(
                NotificationId.of(event.id(), "u1"),
                "u1",
                event.id(),
                event.type(),
                "general",
                Priority.NORMAL,
                "Order 1",
                "",
                null,
                new Decision(
                        Verdict.NOW,
                        new Verdict.Suppress(SuppressionReason.THROTTLED),
                        new Verdict.Suppress(SuppressionReason.QUIET_HOURS))));
        String page = browser.get("/console/why?user=u1&event=" + event.id()).body();
        assertThat(page)
                .contains("u1 got it in the inbox, but no push.", "What was decided", "quiet_hours", "throttled")
                .contains("The event names the user.", "What would be decided for such an event now");
    }

    @Test
    void whoWasNoRecipientIsToldSo() throws Exception {
        NewEvent event = event();
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
        assertThat(why("event=" + event.id()))
                .contains("they were not among its recipients", "Nothing makes the user one of its recipients");
    }

    @Test
    void whatWaitsIsToldApart() throws Exception {
        NewEvent event = event();
        assertThat(browser.get("/console/why?user=u1&event=" + event.id()).body())
                .contains("u1 did not get it yet: it waits in its lane");
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
    }

    @Test
    void stopsAreToldAndWhatTheyDiscarded() throws Exception {
        var general = new StopTarget.Category("general");
        var origin = new AuditLog.Origin("ada@example.org", null);
        Stops stops = console.get(Stops.class);
        NewEvent event = event();
        stops.stop(general, "", origin);
        try {
            assertThat(why("type=why.type"))
                    .contains(user + " would get it", "the category is stopped: its events and pushes are held");
        } finally {
            stops.discard(general, origin);
        }
        assertThat(browser.get("/console/why?user=u1&event=" + event.id()).body())
                .contains("it was held by one, and discarded", "An operator stopped it, and discarded what was held.");
        assertThat(why("type=why.type")).contains("none that concerns it");
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
    }

    @Test
    void wrongQuestionsAreRefusedAndKept() {
        var wrong = browser.get("/console/why?user=a/b&type=no%20type&priority=urgent");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("3 things need attention", "value=\"a/b\"", "value=\"no type\"");
        assertThat(browser.get("/console/why?user=u1&event=nonsense").statusCode())
                .isEqualTo(422);
        assertThat(browser.get("/console/why?user=u1&event=" + UUID.randomUUID())
                        .statusCode())
                .isEqualTo(422);
        assertThat(browser.get("/console/why?user=u1").statusCode()).isEqualTo(200);
    }

    private NewEvent event() throws Exception {
        NewEvent event = EventTypesTest.event("why.type", "{\"order\":1}");
        console.get(EventLog.class).append(List.of(event));
        return event;
    }

    private void chosen(Preferences preferences) {
        console.get(UserPreferences.class)
                .change(user, before -> new Chosen(preferences, Optional.of("Europe/Berlin")));
    }

    private String why(String query) {
        return browser.get("/console/why?user=" + user + "&" + query).body();
    }
}
