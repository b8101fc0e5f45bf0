/// What happens to inboxes later than their notifications come.
package io.belfry.dispatcher.inbox;
