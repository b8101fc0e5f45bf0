/// A stand-in for Firebase Cloud Messaging: the HTTP v1 protocol with its real error bodies, failures on demand, and a
/// page that shows the phone. Used by tests and by the demo.
package io.belfry.testkit.fcm;
