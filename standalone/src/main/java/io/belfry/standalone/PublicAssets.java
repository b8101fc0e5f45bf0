package io.belfry.standalone;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.security.rules.SecurityRuleResult;
import io.micronaut.security.rules.SensitiveEndpointRule;
import jakarta.inject.Singleton;
import org.reactivestreams.Publisher;

/// Lets everybody read what lies under `/assets/`: scripts and styles, the same for all.
@Singleton
final class PublicAssets implements SecurityRule<HttpRequest<?>> {
    private static final String PREFIX = "/assets/";

    @Override
    public Publisher<SecurityRuleResult> check(
            @Nullable HttpRequest<?> request, @Nullable Authentication authentication) {
        boolean isAsset = request != null
                && request.getPath().startsWith(PREFIX)
                && (request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD);
        return Publishers.just(isAsset ? SecurityRuleResult.ALLOWED : SecurityRuleResult.UNKNOWN);
    }

    @Override
    public int getOrder() {
        return SensitiveEndpointRule.ORDER - 1;
    }
}
