/// Events that services write into Belfry's database, in the transaction of what they tell of. Only with
/// `belfry.outbox.enabled`.
package io.belfry.api.outbox;
