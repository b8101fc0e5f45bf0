/// Commands that talk to a running Belfry as a service or as an end user's app would.
package io.belfry.standalone.client;
