/// Event types: what services send, and into which category it falls.
package io.belfry.console.eventtypes;
