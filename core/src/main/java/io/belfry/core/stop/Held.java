package io.belfry.core.stop;

/// What a stop holds.
///
/// @param events that wait to be dispatched
/// @param pushes that are due
/// @param broadcasts that still have waves or pushes to send
/// @param isExact whether that is all; else there are at least so many
public record Held(long events, long pushes, long broadcasts, boolean isExact) {}
