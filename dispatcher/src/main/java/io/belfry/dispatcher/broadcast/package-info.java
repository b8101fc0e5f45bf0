/// Broadcasts on their way: waves into the log of announcements, and pushes to the devices that did not receive them.
package io.belfry.dispatcher.broadcast;
