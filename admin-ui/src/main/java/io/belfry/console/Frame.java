package io.belfry.console;

import io.belfry.core.stop.Stop;
import java.util.List;

/// What every page shows around its own content.
///
/// @param section the entry of the navigation that is current
/// @param operator empty when nobody is signed in
/// @param csrf for the page's forms
/// @param nonce that lets the page's scripts run
/// @param assets where files are, see [Assets]
/// @param stops what is stopped now, for the banner
/// @param flash to be told at the top, or null
public record Frame(
        String section,
        String operator,
        String email,
        String role,
        boolean mayEdit,
        boolean mayBroadcast,
        boolean isAdmin,
        String csrf,
        String nonce,
        String assets,
        List<Stop> stops,
        Flash flash) {}
