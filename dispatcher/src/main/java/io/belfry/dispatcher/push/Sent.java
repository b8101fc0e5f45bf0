package io.belfry.dispatcher.push;

import java.time.Instant;

/// What came of a try.
///
/// @param began when it was handed to the provider
/// @param next what follows for this device
public record Sent(PushTry tried, Instant began, PushResult result, RetryPolicy.Next next) {}
