-- What becomes of notifications later: dead letters, timers, edits, recalls, digests.

-- Dead letters ---------------------------------------------------------------------------------------------------

alter table dead_letters
    add column lane        smallint,
    add column expanded_to text collate "C",
    add column since       timestamptz;
comment on column dead_letters.lane is 'Where an event queued.';
comment on column dead_letters.expanded_to is 'Last follower written before an event failed: a retry goes on from there.';
comment on column dead_letters.since is 'As push_timers.since, of the push that failed.';
create index on dead_letters (subject_id);
create index on dead_letters (user_id) where user_id is not null;

-- Timers ---------------------------------------------------------------------------------------------------------

alter table push_timers
    add column retried_at  timestamptz,
    add column released_at timestamptz;
comment on column push_timers.retried_at is 'When a person retried it: tries before that do not count, but what was delivered then stays so.';
comment on column push_timers.released_at is 'When a person let it go: it does not wait for the end of quiet hours any more.';
create index on push_timers (due_at, notification_id) where not_before is not null;

-- Edits and recalls ----------------------------------------------------------------------------------------------

create table amendments (
    id           uuid primary key default uuidv7(),
    event_id     uuid        not null,
    kind         text        not null check (kind in ('edit', 'recall')),
    title        text,
    body         text,
    link         text,
    data         json,
    requested_by text        not null,
    requested_at timestamptz not null default now(),
    finished_at  timestamptz,
    scanned_to   uuid        not null default '00000000-0000-0000-0000-000000000000',
    changed      bigint      not null default 0,
    cancelled    bigint      not null default 0,
    corrected    bigint      not null default 0
);
create index on amendments (id) where finished_at is null;
create index on amendments (event_id);
comment on table amendments is 'Edits and recalls of whole events. A dispatcher goes through their notifications; its row lock is the lease.';
comment on column amendments.data is 'What an edit says goes when it is done: it lies in the notifications then.';
comment on column amendments.scanned_to is 'The event''s notifications up to here are done.';
comment on column amendments.cancelled is 'Pushes that waited and are not sent.';
comment on column amendments.corrected is 'Pushes that were sent, and are replaced or taken from the phone.';

create table push_corrections (
    notification_id uuid             not null,
    device_id       text collate "C" not null,
    user_id         text collate "C" not null,
    id              uuid             not null default uuidv7(),
    kind            text             not null check (kind in ('replace', 'withdraw')),
    due_at          timestamptz      not null default now(),
    rounds          smallint         not null default 0,
    primary key (notification_id, device_id)
);
create index on push_corrections (due_at);
create index on push_corrections (user_id);
comment on table push_corrections is 'Pushes that phones have and that are not true any more. What is to be shown is read when it is sent.';
comment on column push_corrections.id is 'The subject of its attempts; a new one for every change.';

-- What a trace tells of later ------------------------------------------------------------------------------------

alter table notifications
    add column returned_at timestamptz,
    add column recalled_at timestamptz;
comment on column notifications.returned_at is 'When a snoozed one came back to the list, the last time.';

-- Digests --------------------------------------------------------------------------------------------------------

create table digests (
    id         uuid primary key default uuidv7(),
    user_id    text collate "C" not null,
    api_key_id uuid             not null,
    type       text             not null,
    key        text             not null,
    category   text             not null,
    priority   smallint         not null,
    opened_at  timestamptz      not null,
    due_at     timestamptz      not null,
    closes_at  timestamptz      not null,
    count      int              not null,
    unique (user_id, api_key_id, type, key)
) with (fillfactor = 70);
create index on digests (due_at, id);
comment on table digests is 'Open digests. When due, one becomes an event and its row goes, in one transaction.';
comment on column digests.closes_at is 'It is due by then, whatever is added.';

create table digest_items (
    digest_id uuid not null references digests on delete cascade,
    event_id  uuid not null,
    primary key (digest_id, event_id)
);
create index on digest_items (event_id);

-- Escalation -----------------------------------------------------------------------------------------------------

create table repeats (
    notification_id uuid primary key,
    user_id         text collate "C" not null,
    event_id        uuid             not null,
    due_at          timestamptz      not null,
    every_ms        bigint           not null,
    rest            smallint         not null
);
create index on repeats (due_at, notification_id);
create index on repeats (user_id);
comment on table repeats is 'Notifications that repeat themselves until they are acknowledged, and how often they still do.';

create table escalations (
    event_id   uuid primary key,
    due_at     timestamptz not null,
    recipients text[]      not null
);
create index on escalations (due_at);
comment on table escalations is 'Who gets an event that nobody acknowledged by then.';
