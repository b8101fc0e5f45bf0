/// Templates: writing, trying, publishing and rolling back the words of notifications.
package io.belfry.console.templates;
