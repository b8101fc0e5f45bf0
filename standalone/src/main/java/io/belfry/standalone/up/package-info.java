/// `belfry up`: from nothing to all roles running, and back.
package io.belfry.standalone.up;
