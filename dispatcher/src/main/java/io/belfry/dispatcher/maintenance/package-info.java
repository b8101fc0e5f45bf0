/// What has to be done once a day for the whole installation: partitions to come, and an end to what is old.
package io.belfry.dispatcher.maintenance;
