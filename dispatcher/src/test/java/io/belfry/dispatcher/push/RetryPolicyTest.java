package io.belfry.dispatcher.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.dispatcher.push.PushResult.Accepted;
import io.belfry.dispatcher.push.PushResult.Ambiguous;
import io.belfry.dispatcher.push.PushResult.ProviderDown;
import io.belfry.dispatcher.push.PushResult.Rejected;
import io.belfry.dispatcher.push.PushResult.RetryAfter;
import io.belfry.dispatcher.push.PushResult.Scope;
import io.belfry.dispatcher.push.PushResult.TokenDead;
import io.belfry.dispatcher.push.RetryPolicy.Next;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));

    private final RetryPolicy policy =
            new RetryPolicy(new PushSettings.Retry(Duration.ofSeconds(2), Duration.ofMinutes(5), 5, 1), new Fixed(0.5));

    @Test
    void isDoneWithWhatIsSettled() {
        for (PushResult result : List.of(new Accepted("m"), new TokenDead("r"), new Rejected("r"))) {
            assertThat(policy.next(result, 1, 0, NOW, TOMORROW)).isEqualTo(new Next.Done());
        }
    }

    @Test
    void backsOffWhenTheProviderIsDown() {
        ProviderDown down = new ProviderDown("503");

        assertThat(policy.next(down, 1, 0, NOW, TOMORROW)).isEqualTo(new Next.Retry(NOW.plusSeconds(1)));
        assertThat(policy.next(down, 3, 0, NOW, TOMORROW)).isEqualTo(new Next.Retry(NOW.plusSeconds(4)));
        assertThat(policy.next(down, 5, 0, NOW, TOMORROW)).isEqualTo(new Next.GiveUp("failed 5 times"));
    }

    @Test
    void waitsAsLongAsItIsAskedTo() {
        RetryAfter asked = new RetryAfter(Duration.ofSeconds(60), Scope.DEVICE, "429");

        assertThat(policy.next(asked, 1, 0, NOW, TOMORROW)).isEqualTo(new Next.Retry(NOW.plusSeconds(61)));
    }

    @Test
    void sendsAgainOnceAfterALostAnswer() {
        Ambiguous lost = new Ambiguous("timeout");

        assertThat(policy.next(lost, 1, 1, NOW, TOMORROW)).isInstanceOf(Next.Retry.class);
        assertThat(policy.next(lost, 2, 2, NOW, TOMORROW)).isInstanceOf(Next.GiveUp.class);
    }

    @Test
    void doesNotOutliveThePush() {
        RetryAfter asked = new RetryAfter(Duration.ofMinutes(10), Scope.PROVIDER, "503");

        assertThat(policy.next(asked, 1, 0, NOW, NOW.plus(Duration.ofMinutes(10))))
                .isInstanceOf(Next.GiveUp.class);
    }
}
