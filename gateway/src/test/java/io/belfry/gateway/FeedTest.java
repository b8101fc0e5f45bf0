package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// When a feed has to be compared with the database.
class FeedTest {
    private final Feed feed = new Feed("u", 1);

    @Test
    void aFirstConfirmationMissesNothing() {
        assertThat(feed.confirm()).isFalse();
        assertThat(feed.isConfirmed()).isTrue();
    }

    @Test
    void whatWasLostBeforeItWasConfirmedMayHaveMissedSomething() {
        feed.lose();
        assertThat(feed.isBelated()).as("nobody needs to wait for it").isTrue();
        assertThat(feed.confirm()).isTrue();
        assertThat(feed.confirm()).as("once").isFalse();
    }

    @Test
    void aClientThatWentOnWithoutMayHaveMissedSomething() {
        feed.goOnWithout();
        assertThat(feed.confirm()).isTrue();
    }

    @Test
    void everyLossAfterAConfirmationMayMissSomething() {
        feed.confirm();
        feed.lose();
        assertThat(feed.isConfirmed()).isFalse();
        assertThat(feed.confirm()).isTrue();
    }
}
