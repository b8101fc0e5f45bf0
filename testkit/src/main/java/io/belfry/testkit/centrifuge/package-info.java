/// The npm `centrifuge` client as a child process, for tests of the gateway.
package io.belfry.testkit.centrifuge;
