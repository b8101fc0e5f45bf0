/// Push: what is sent to a device that did not prove receipt, through a provider, and what to make of the answer.
package io.belfry.dispatcher.push;
