package io.belfry.dispatcher.push.fcm;

import io.micronaut.context.condition.Condition;
import io.micronaut.context.condition.ConditionContext;

/// Holds when push is switched on and there is somebody to push through.
final class PushConfigured implements Condition {
    @Override
    @SuppressWarnings("rawtypes")
    public boolean matches(ConditionContext context) {
        boolean enabled =
                context.getProperty("belfry.push.enabled", Boolean.class).orElse(true);
        boolean configured = isSet(context, "belfry.push.credentials") || isSet(context, "belfry.push.endpoint");
        if (enabled && configured) {
            return true;
        }
        context.fail("push is off: neither belfry.push.credentials nor belfry.push.endpoint is set, or"
                + " belfry.push.enabled is false");
        return false;
    }

    private static boolean isSet(ConditionContext<?> context, String property) {
        return context.getProperty(property, String.class)
                .filter(value -> !value.isBlank())
                .isPresent();
    }
}
