-- Inboxes that begin anew, and broadcasts that are taken back.

-- Generations ----------------------------------------------------------------------------------------------------

create table inbox_generations (
    place      int primary key,
    generation int not null
) with (fillfactor = 80);
comment on table inbox_generations is 'Inboxes that were erased, each a new generation of its epoch: whoever has a position of the one before reloads.';
comment on column inbox_generations.place is 'crc32c of the user''s id, modulo 2^24: it does not tell who was erased, and whoever shares it reloads once.';

create function inbox_place(user_id text) returns int
    language sql immutable strict parallel safe
    return (crc32c(convert_to(user_id, 'UTF8')) % 16777216)::int;

-- Recalls of broadcasts ------------------------------------------------------------------------------------------

alter table broadcasts
    drop constraint broadcasts_state_check,
    add constraint broadcasts_state_check
        check (state in ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'recalled'));

alter table announcements
    add column recall boolean not null default false,
    drop constraint announcements_broadcast_id_bucket_from_key,
    add unique (broadcast_id, recall, bucket_from);
comment on column announcements.recall is 'Takes back what went to these buckets: no wave, but a tombstone.';

create table broadcast_recalls (
    broadcast_id  uuid primary key references broadcasts on delete cascade,
    requested_by  text        not null,
    requested_at  timestamptz not null default now(),
    finished_at   timestamptz,
    scanned       boolean     not null default false,
    cursor_user   text collate "C" not null default '',
    cursor_device text collate "C" not null default '',
    found         bigint      not null default 0
);
create index on broadcast_recalls (requested_at) where finished_at is null;
comment on table broadcast_recalls is 'Pushes of recalled broadcasts on their way from the phones, in pages; the row lock is the lease.';
comment on column broadcast_recalls.cursor_user is 'The pushes up to this device are among the corrections, or done.';
comment on column broadcast_recalls.found is 'Pushes that phones may have, as far as it has looked.';

-- Ids of devices are their users'.
alter table push_corrections
    drop constraint push_corrections_pkey,
    add primary key (notification_id, user_id, device_id);
comment on column push_corrections.notification_id is 'The notification, or the broadcast.';
