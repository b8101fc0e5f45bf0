package io.belfry.console;

import io.belfry.core.access.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The least role that may use a route. A route under `/console` with neither this nor [Open] answers nobody.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Needs {
    Role value();

    /// Whether somebody may use it who has not chosen an own password yet.
    boolean evenWithOneTimePassword() default false;

    /// Whether somebody may use it who has no second factor yet, where each has to have one. So may, of the routes
    /// with [#evenWithOneTimePassword], everybody.
    boolean evenWithoutSecondFactor() default false;
}
