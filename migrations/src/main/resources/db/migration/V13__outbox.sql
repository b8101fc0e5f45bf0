-- Events that services write into this database, in the transaction of what they tell of (belfry.outbox).

create table outbox (
    id           bigint generated always as identity primary key,
    event        json        not null check (octet_length(event::text) <= 262144),
    key          text,
    content_type text        not null default 'application/json'
        check (content_type in ('application/json', 'application/cloudevents+json')),
    traceparent  text,
    added_at     timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
comment on table outbox is 'Rows go as soon as their events are accepted. To let a service write: grant insert on outbox to it.';
comment on column outbox.event is 'As it would be posted to /v1/events, or a CloudEvent.';
comment on column outbox.key is 'The idempotency key; null: the row is the key. CloudEvents have their own.';

create table outbox_refused (
    id           bigint primary key,
    event        json        not null,
    key          text,
    content_type text        not null,
    traceparent  text,
    added_at     timestamptz not null,
    reason       json        not null,
    refused_at   timestamptz not null default now()
);
comment on table outbox_refused is 'What will never be accepted as it is, with the answer that a POST would have had.';
