/// Firebase Cloud Messaging as a push provider, through firebase-admin: what a message looks like, how it is sent, and
/// what each answer means. docs/RATIONALE.md, "Push through FCM", says what the SDK does by itself and why it may not.
package io.belfry.dispatcher.push.fcm;
