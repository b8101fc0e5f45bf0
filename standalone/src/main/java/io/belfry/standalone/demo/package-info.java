/// What makes an installation a demo: credentials that are made for it and kept in its data directory.
package io.belfry.standalone.demo;
