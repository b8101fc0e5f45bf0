/// What the environment says about the servers to use, and what is said when it makes no sense.
package io.belfry.standalone.settings;
