-- How broadcasts are let go: approved by a second person, at a time, and with a first part that is watched.

-- Release --------------------------------------------------------------------------------------------------------

alter table broadcasts
    drop constraint broadcasts_state_check,
    add constraint broadcasts_state_check
        check (state in ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')),
    add column authors         text[] not null default '{}',
    add column starts_at       timestamptz,
    add column time_zone       text,
    add column canary_buckets  smallint check (canary_buckets between 1 and 1023),
    add column canary_pause_ms bigint check (canary_pause_ms >= 0),
    add column approved_by     text,
    add column held            text;
comment on column broadcasts.authors is 'Everybody who wrote at it: none of them may approve it.';
comment on column broadcasts.starts_at is 'When it starts by itself, once it was let go; null: at once.';
comment on column broadcasts.time_zone is 'In which that time was chosen.';
comment on column broadcasts.canary_buckets is 'The first wave has so many of the 1,024 buckets, whatever the number of waves.';
comment on column broadcasts.canary_pause_ms is 'How long the others wait after it; null where they wait for a person.';
comment on column broadcasts.approved_by is 'Who approved what was let go; null where nobody had to.';
comment on column broadcasts.held is 'Why it was not sent when its time had come. It is a draft again.';
create index on broadcasts (starts_at) where state = 'scheduled';

create table broadcast_reviews (
    id           uuid primary key default uuidv7(),
    broadcast_id uuid        not null references broadcasts on delete cascade,
    hash         bytea       not null,
    people       bigint      not null,
    asked_by     text        not null,
    asked_at     timestamptz not null default now(),
    verdict      text check (verdict in ('approved', 'returned')),
    decided_by   text check (decided_by <> asked_by),
    decided_at   timestamptz,
    remark       text        not null default '',
    check (num_nulls(verdict, decided_by, decided_at) in (0, 3))
);
create index on broadcast_reviews (broadcast_id, id);
comment on column broadcast_reviews.hash is 'Of all that would be sent, and to whom: an approval counts for that and for nothing else.';
comment on column broadcast_reviews.people is 'How many it would have reached.';

create function wave_floor(done int, waves int, canary int) returns int
    language sql immutable parallel safe
    return case when canary is null or waves = 1 then done * 1024 / waves
                when done = 0 then 0
                else canary + (done - 1) * (1024 - canary) / (waves - 1) end;
comment on function wave_floor is 'The bucket with which the wave begins before which so many are done.';
