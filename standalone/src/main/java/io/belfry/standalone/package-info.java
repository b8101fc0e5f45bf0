/// Belfry's command line, and all roles in one process.
package io.belfry.standalone;
