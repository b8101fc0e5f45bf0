package io.belfry.console;

/// What every page shows around its own content.
///
/// @param section the entry of the navigation that is current
/// @param operator empty when nobody is signed in
/// @param csrf for the page's forms
/// @param nonce that lets the page's scripts run
/// @param assets where files are, see [Assets]
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
        Flash flash) {}
