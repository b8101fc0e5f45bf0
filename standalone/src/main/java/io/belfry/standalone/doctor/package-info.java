/// `belfry doctor`: checks of what Belfry stands on.
package io.belfry.standalone.doctor;
