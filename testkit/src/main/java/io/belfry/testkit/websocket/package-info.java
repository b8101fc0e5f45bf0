/// A WebSocket client without manners, for tests of what a server does with one.
package io.belfry.testkit.websocket;
