/// Categories: what users mute, and when their notifications are pushed.
package io.belfry.console.categories;
