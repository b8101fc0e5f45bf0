/// Node programs that tests run, with packages from npm.
package io.belfry.testkit.node;
