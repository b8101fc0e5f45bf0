-- What is decided for each notification, and what it depends on.

-- Preferences ----------------------------------------------------------------------------------------------------

create table user_preferences (
    user_id    text collate "C" primary key,
    settings   json        not null default '{}',
    updated_at timestamptz not null default now()
);
comment on column user_preferences.settings is 'As io.belfry.core.preference.PreferencesJson writes it. Users who chose nothing have no row.';

alter table categories
    add column opt_in           text[] not null default '{}' check (opt_in <@ '{inbox,live,push}'),
    add column throttle_limit   int check (throttle_limit between 1 and 10000),
    add column throttle_window_ms bigint check (throttle_window_ms between 1000 and 2592000000),
    add column throttle_excess  text check (throttle_excess in ('silent', 'deferred')),
    add column dedupe_ms        bigint check (dedupe_ms between 1000 and 2592000000),
    add check (num_nulls(throttle_limit, throttle_window_ms, throttle_excess) in (0, 3));
comment on column categories.opt_in is 'Media that are off for users who did not choose.';

-- Decisions ------------------------------------------------------------------------------------------------------

alter table notifications
    add column live           text,
    add column deferral       text,
    add column deferred_until timestamptz,
    add column expires_at     timestamptz,
    add column collapse_key   text;
comment on column notifications.live is 'Why it made no sound on connected devices; null when it did.';
comment on column notifications.deferral is 'Why the push was put off until deferred_until; null when it was not.';
comment on column notifications.expires_at is 'Not pushed from then on; null: after the longest time that providers keep it.';

alter table push_timers add column not_before timestamptz;
comment on column push_timers.not_before is 'For a push that was put off: nothing makes it due earlier.';

create table unlisted_notifications (
    id         uuid primary key,
    user_id    text collate "C" not null,
    event_id   uuid             not null,
    type       text             not null,
    category   text             not null,
    priority   smallint         not null,
    reason     text             not null,
    decided_at timestamptz      not null default now()
);
comment on table unlisted_notifications is 'Those that are in no inbox, and why: what a trace tells of them.';

create table recent_uses (
    user_id   text collate "C" not null,
    key       uuid             not null,
    began_at  timestamptz      not null,
    uses      int              not null,
    ends_at   timestamptz      not null,
    primary key (user_id, key)
) with (fillfactor = 70);
create index on recent_uses (ends_at);
comment on table recent_uses is 'Windows of throttles and of recent contents: how often a key was used since its window began.';

-- Unsubscribing --------------------------------------------------------------------------------------------------

alter table installation
    add column link_key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
comment on column installation.link_key is 'Signs links that act for a user without a sign-in. A new one ends all links that were handed out.';

-- Options of events ----------------------------------------------------------------------------------------------

alter table events
    add column cancellation_key text,
    add column options          json,
    add column cancelled_at     timestamptz;
comment on column events.options is 'What it asks of its delivery (io.belfry.core.event.EventOptionsJson); null for most.';
comment on column events.cancelled_at is 'When it was taken back, as far as it had not been delivered.';
create index on events (api_key_id, cancellation_key) where cancellation_key is not null;

create table scheduled_events (
    event_id uuid primary key,
    due_at   timestamptz not null,
    lane     smallint    not null references lanes,
    named    int         not null
);
create index on scheduled_events (due_at);
comment on table scheduled_events is 'Events that are to be delivered later. When due they go to the end of their lane.';

create index on notifications (user_id, collapse_key) where collapse_key is not null;

alter table recent_uses add column per_window int not null default 0;
comment on column recent_uses.per_window is 'How many of the uses each window takes over, where what is beyond waits; 0 where a new window begins with none.';
