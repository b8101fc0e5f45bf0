/// What users chose about what reaches them, for themselves and for services.
package io.belfry.api.preference;
