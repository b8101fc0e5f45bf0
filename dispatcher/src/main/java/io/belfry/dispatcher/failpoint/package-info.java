/// Where tests of crashes make a dispatcher stop dead.
package io.belfry.dispatcher.failpoint;
