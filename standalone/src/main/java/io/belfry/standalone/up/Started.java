package io.belfry.standalone.up;

import java.util.Set;

/// What is running now.
record Started(StartupInfo info, Set<Role> roles) {}
