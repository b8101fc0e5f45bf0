/// What users chose about what reaches them, and when.
package io.belfry.core.preference;
