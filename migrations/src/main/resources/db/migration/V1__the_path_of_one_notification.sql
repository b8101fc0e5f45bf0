-- Belfry's tables, in the order in which one notification meets them.
--
-- Identifiers of events are UUIDv7, those of notifications are derived from (event, user) and share the event's
-- millisecond (io.belfry.core.inbox.NotificationId). Time is thus the leading part of both primary keys: tables are
-- partitioned by it, "unique per (event, user)" is the primary key itself, and all notifications of one event lie in
-- one narrow range of it.

create table installation (
    one        boolean primary key default true check (one),
    epoch      text        not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 10),
    created_at timestamptz not null default now()
);
comment on column installation.epoch is 'Generation of every inbox. Give it a new value after a restore from backup: clients then reload.';
insert into installation default values;

-- Who may call ---------------------------------------------------------------------------------------------------

create table api_keys (
    id           uuid primary key     default uuidv7(),
    name         text        not null,
    hint         text        not null,
    secret_hash  bytea       not null unique,
    scopes       text[]      not null,
    created_at   timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
comment on column api_keys.hint is 'The first characters of the key, to recognise it by.';
comment on column api_keys.secret_hash is 'SHA-256 of the whole key; a key holds 256 random bits, so a slow hash would add nothing.';

create table operators (
    id              uuid primary key     default uuidv7(),
    email           text        not null unique check (email = lower(email)),
    name            text        not null,
    password_hash   text        not null,
    one_time_until  timestamptz,
    role            text        not null check (role in ('viewer', 'editor', 'broadcaster', 'admin')),
    failed_sign_ins int         not null default 0,
    locked_until    timestamptz,
    last_sign_in_at timestamptz,
    disabled_at     timestamptz,
    created_at      timestamptz not null default now()
);
comment on column operators.one_time_until is 'Set while the password is one that an administrator handed over: it does nothing but let its owner choose another, and not after this.';

create table operator_sessions (
    token_hash  bytea primary key,
    operator_id uuid        not null references operators on delete cascade,
    csrf_secret bytea       not null,
    address     text        not null,
    user_agent  text        not null,
    created_at  timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at  timestamptz not null
);
create index on operator_sessions (operator_id);
create index on operator_sessions (expires_at);

create table audit_log (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    actor   text        not null,
    action  text        not null,
    subject text        not null,
    address text,
    detail  jsonb       not null default '{}'
);
create index on audit_log (at);

-- Who is addressed -----------------------------------------------------------------------------------------------

create table users (
    id         text collate "C" primary key,
    locale     text,
    time_zone  text,
    attributes jsonb       not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table topic_followers (
    topic       text collate "C" not null,
    user_id     text collate "C" not null,
    followed_at timestamptz      not null default now(),
    primary key (topic, user_id)
);
create index on topic_followers (user_id);

create table devices (
    user_id       text collate "C" not null,
    id            text collate "C" not null,
    token         text             not null unique,
    platform      text             not null check (platform in ('android', 'ios', 'web')),
    app_version   text,
    registered_at timestamptz      not null default now(),
    primary key (user_id, id)
);
comment on column devices.registered_at is 'Renewed by every registration; a dead token is removed only if it was registered before the send.';

-- What is said ---------------------------------------------------------------------------------------------------

create table categories (
    id            text primary key,
    name          text        not null,
    description   text        not null default '',
    priority      smallint    not null default 2 check (priority between 0 and 3),
    mandatory     boolean     not null default false,
    push          boolean     not null default true,
    push_unless   text        not null default 'received' check (push_unless in ('received', 'seen', 'read')),
    push_delay_ms int         not null default 10000 check (push_delay_ms between 0 and 86400000),
    updated_at    timestamptz not null default now()
);
insert into categories (id, name, description, priority, mandatory, push_unless, push_delay_ms)
values ('general', 'General', 'What has no category of its own', 2, false, 'received', 10000),
       ('security', 'Security', 'Sign-ins, password changes, alerts about the account', 0, true, 'read', 3000),
       ('news', 'News', 'Announcements and product news', 3, false, 'received', 30000);

create table event_types (
    type       text primary key,
    category   text        not null references categories,
    updated_at timestamptz not null default now()
);

create table templates (
    type              text primary key,
    published_version int
);

create sequence template_revisions;

create table template_versions (
    type         text        not null references templates on delete cascade,
    version      int         not null,
    revision     bigint      not null default nextval('template_revisions'),
    contents     jsonb       not null,
    author       text        not null,
    saved_at     timestamptz not null default now(),
    published_at timestamptz,
    primary key (type, version)
);
comment on column template_versions.revision is 'Renewed by every saving; tells whether a version still is as somebody saw it.';
comment on column template_versions.contents is 'locale -> {title, body, link}, Liquid. The key "" is not used; the fallback locale is configured.';

create table template_publications (
    id           bigint generated always as identity primary key,
    type         text        not null,
    version      int         not null,
    published_at timestamptz not null default now(),
    author       text        not null,
    note         text        not null default '',
    foreign key (type, version) references template_versions on delete cascade
);
create index on template_publications (type, id);

-- 1. Accept ------------------------------------------------------------------------------------------------------

create table idempotency_keys (
    api_key_id  uuid             not null,
    key         text collate "C" not null,
    body_hash   bytea            not null,
    event_id    uuid             not null,
    accepted_at timestamptz      not null,
    primary key (api_key_id, key)
);
create index on idempotency_keys using brin (accepted_at);

create table events (
    id           uuid        not null,
    accepted_at  timestamptz not null,
    api_key_id   uuid        not null,
    type         text        not null,
    category     text        not null,
    priority     smallint    not null,
    actor        text,
    topic        text,
    recipients   text[]      not null,
    data         json        not null,
    traceparent  text,
    primary key (id)
) partition by range (id);
comment on column events.api_key_id is 'Whose key it came with; for a test from the console, the operator who sent it.';
comment on column events.data is 'json, not jsonb: what the service sent is passed on as it was, key order and long numbers included.';

-- 2. Claim -------------------------------------------------------------------------------------------------------

create table lanes (
    id       smallint primary key,
    priority smallint not null,
    part     smallint not null,
    unique (priority, part)
);
comment on table lanes is 'A row is locked while one dispatcher drains the lane; the lock is the lease.';
insert into lanes (id, priority, part)
select priority * 8 + part, priority, part from generate_series(0, 3) priority, generate_series(0, 7) part;

create table pending_events (
    seq         bigint generated always as identity,
    lane        smallint not null references lanes,
    event_id    uuid     not null,
    expanded_to text collate "C",
    named       int      not null default 1,
    primary key (lane, seq)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
create index on pending_events (event_id);
comment on column pending_events.expanded_to is 'Last follower written so far, for an audience of more than a page.';
comment on column pending_events.named is 'About how many notifications it makes at once, so that a batch is filled without reading events beyond it.';
alter table pending_events alter column seq set cache 1;

create table dead_letters (
    id         bigint generated always as identity primary key,
    kind       text        not null check (kind in ('event', 'push')),
    subject_id uuid        not null,
    user_id    text collate "C",
    reason     text        not null,
    at         timestamptz not null default now()
);
comment on table dead_letters is 'What failed for good and waits for a person. An event here was accepted and could not be dispatched.';

-- 4. Write -------------------------------------------------------------------------------------------------------

create table inboxes (
    user_id              text collate "C" primary key,
    head                 bigint not null,
    total                int    not null,
    unread               int    not null,
    unseen               int    not null,
    read_through         bigint not null default 0,
    read_through_changed bigint not null default 0,
    read_through_at      timestamptz,
    seen_through         bigint not null default 0,
    seen_through_changed bigint not null default 0,
    expired_changed      bigint not null default 0
) with (fillfactor = 60);
comment on column inboxes.head is 'Offset of the last change. Every change of state takes the next one.';
comment on column inboxes.read_through is 'Everything created up to here was marked read in one act, which took the offset read_through_changed.';

comment on column inboxes.expired_changed is 'The offset at which notifications last went because of their age. Whoever was not there then reloads.';

create table notifications (
    id             uuid             not null,
    user_id        text collate "C" not null,
    event_id       uuid             not null,
    created_offset bigint           not null,
    changed_offset bigint           not null,
    type           text             not null,
    category       text             not null,
    priority       smallint         not null,
    title          text,
    body           text,
    link           text,
    push           text             not null,
    written_at     timestamptz      not null default now(),
    read_at        timestamptz,
    primary key (id)
) partition by range (id);
comment on column notifications.push is 'What was decided for the push medium: planned, or why not (io.belfry.core.decision.PushDecision).';
create index on notifications (user_id, created_offset);
create index on notifications (user_id, changed_offset);

create table push_timers (
    user_id         text collate "C" not null,
    created_offset  bigint           not null,
    notification_id uuid             not null,
    priority        smallint         not null,
    due_at          timestamptz      not null,
    attempts        smallint         not null default 0,
    claim           uuid,
    primary key (user_id, created_offset)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index on push_timers (priority, due_at);
comment on column push_timers.claim is 'The claim that is working on it; due_at is then when that claim lapses.';

-- 7. Receipt -----------------------------------------------------------------------------------------------------

create table receipts (
    user_id             text collate "C" not null,
    device_id           text collate "C" not null,
    received_offset     bigint           not null default 0,
    announcement_offset bigint           not null default 0,
    received_at         timestamptz      not null default now(),
    primary key (user_id, device_id)
) with (fillfactor = 60);
comment on column receipts.device_id is 'Empty for connections that name no device: the furthest of them.';

-- 8. Fall back ---------------------------------------------------------------------------------------------------

create table push_attempts (
    id               uuid             not null default uuidv7(),
    subject_id       uuid             not null,
    user_id          text collate "C" not null,
    device_id        text collate "C" not null,
    attempt          smallint         not null,
    started_at       timestamptz      not null default now(),
    finished_at      timestamptz,
    outcome          text             not null default 'sending'
        check (outcome in ('sending', 'accepted', 'token_dead', 'rejected', 'retry', 'ambiguous')),
    detail           text,
    primary key (id)
) partition by range (id);
comment on column push_attempts.subject_id is 'The notification, or the broadcast.';
create index on push_attempts (subject_id, user_id);

-- Broadcasts -----------------------------------------------------------------------------------------------------

create table broadcasts (
    id            uuid primary key     default uuidv7(),
    state         text        not null check (state in ('draft', 'sending', 'paused', 'sent', 'cancelled')),
    audience      jsonb       not null,
    contents      jsonb       not null,
    category      text        not null references categories,
    priority      smallint    not null check (priority between 0 and 3),
    created_by    text        not null,
    created_at    timestamptz not null default now(),
    revision      int         not null default 1,
    updated_at    timestamptz not null default now(),
    test_of       uuid references broadcasts on delete set null,
    started_by    text,
    started_at    timestamptz,
    finished_at   timestamptz,
    valid_until   timestamptz,
    waves         int         not null default 8 check (waves between 1 and 1024),
    waves_done    int         not null default 0,
    next_wave_at  timestamptz,
    audience_size bigint,
    push_state    text        not null default 'waiting' check (push_state in ('off', 'waiting', 'sending', 'done')),
    push_due_at   timestamptz,
    push_claim    uuid,
    push_cursor_user   text collate "C" not null default '',
    push_cursor_device text collate "C" not null default '',
    push_total    bigint      not null default 0,
    push_accepted bigint      not null default 0,
    push_failed   bigint      not null default 0,
    push_skipped  bigint      not null default 0
);
comment on column broadcasts.audience is '{"kind":"everyone"}, {"kind":"topic","topic":…} or {"kind":"users","users":[…]}';
comment on column broadcasts.revision is 'Grows with each change of a draft: what is sent is what was reviewed.';
comment on column broadcasts.test_of is 'The draft of which this was sent to a few people to try it.';
comment on column broadcasts.contents is 'locale -> {title, body, link}, plain text';
comment on column broadcasts.push_due_at is 'Not before; null is at once. While somebody has the claim, when it lapses.';
comment on column broadcasts.push_cursor_user is 'All devices up to here have a try, need none, or are among the retries.';
comment on column broadcasts.next_wave_at is 'Not before; null is at once.';
create index on broadcasts (priority)
    where state in ('sending', 'paused') or state = 'sent' and push_state in ('waiting', 'sending');

create index on broadcasts (test_of) where test_of is not null;

create table broadcast_audience (
    broadcast_id uuid             not null references broadcasts on delete cascade,
    user_id      text collate "C" not null,
    primary key (broadcast_id, user_id)
);
comment on table broadcast_audience is 'Snapshot of the audience, for all kinds but everyone.';

create table broadcast_push_retries (
    broadcast_id uuid             not null references broadcasts on delete cascade,
    user_id      text collate "C" not null,
    device_id    text collate "C" not null,
    due_at       timestamptz      not null,
    primary key (broadcast_id, user_id, device_id)
);
create index on broadcast_push_retries (broadcast_id, due_at);
comment on table broadcast_push_retries is 'Devices behind the cursor that are to be tried again.';

create table announcement_head (
    one  boolean primary key default true check (one),
    head bigint not null default 0
);
insert into announcement_head default values;

create table announcements (
    "offset"     bigint primary key,
    broadcast_id uuid        not null references broadcasts on delete cascade,
    bucket_from  smallint    not null,
    bucket_to    smallint    not null,
    published_at timestamptz not null default now(),
    unique (broadcast_id, bucket_from)
);
comment on table announcements is 'The log of the announcements channel: one entry a wave. A user is in the wave whose buckets [from, to) hold crc32c(id) mod 1024.';

create table announcement_reads (
    user_id        text collate "C" not null,
    broadcast_id   uuid             not null references broadcasts on delete cascade,
    changed_offset bigint           not null,
    read_at        timestamptz      not null default now(),
    primary key (user_id, broadcast_id)
);
create index on announcement_reads (broadcast_id);
comment on column announcement_reads.changed_offset is 'The offset in the reader''s inbox that this act took.';

-- Time partitions ------------------------------------------------------------------------------------------------

create function uuid_floor(at timestamptz) returns uuid
    language sql immutable parallel safe
    return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
comment on function uuid_floor is 'The least time-ordered identifier of that millisecond.';

create function ensure_partitions(since timestamptz, until timestamptz) returns int
    language plpgsql set lock_timeout = '300ms' as
$$
declare
    parent text;
    week   timestamptz;
    made   int := 0;
    name   text;
    least  uuid;
    beyond uuid;
    filled boolean;
begin
    foreach parent in array array ['events', 'notifications', 'push_attempts'] loop
        week := date_trunc('week', since at time zone 'UTC') at time zone 'UTC';
        while week < until loop
            name := parent || '_' || to_char(week at time zone 'UTC', 'YYYYMMDD');
            if to_regclass(name) is null then
                least := uuid_floor(week);
                beyond := uuid_floor(week + interval '7 days');
                filled := false;
                if to_regclass(parent || '_other') is not null then
                    execute format('select exists (select 1 from %I where id >= %L and id < %L)', parent || '_other', least,
                                   beyond) into filled;
                end if;
                if filled then
                    execute format('lock table %I in exclusive mode', parent || '_other');
                    execute format('create table %I (like %I including all)', name, parent);
                    execute format('with moved as (delete from %I where id >= %L and id < %L returning *)'
                                       ' insert into %I select * from moved', parent || '_other', least, beyond, name);
                    execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, name, least,
                                   beyond);
                else
                    execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent, least,
                                   beyond);
                end if;
                made := made + 1;
            end if;
            week := week + interval '7 days';
        end loop;
    end loop;
    return made;
end
$$;
comment on function ensure_partitions is 'Makes the weekly partitions (UTC, from Monday) of that time; run daily. Rows outside of them land in the default ones, and are moved when their partition is made.';

create function drop_partition(parent text, partition text, contents text) returns boolean
    language plpgsql set lock_timeout = '300ms' as
$$
declare
    filled boolean := false;
begin
    -- As every query does: the parent first. The other way round there would be deadlocks.
    execute format('lock table only %I in access exclusive mode', parent);
    if contents = 'kept' then
        execute format('select exists (select 1 from %I)', partition) into filled;
    end if;
    if not filled then
        execute format('drop table %I', partition);
    end if;
    return not filled;
end
$$;
comment on function drop_partition is 'contents: kept (a partition that is not empty stays) or dropped. One statement, so that its locks are never held across a round trip.';

select ensure_partitions(now(), now() + interval '35 days');
create table events_other partition of events default;
create table notifications_other partition of notifications default;
create table push_attempts_other partition of push_attempts default;

create table maintenance (
    one           boolean primary key default true check (one),
    done_at       timestamptz,
    claim         uuid,
    claimed_until timestamptz
);
insert into maintenance default values;
comment on table maintenance is 'When the daily maintenance was last done, and who is at it.';
