-- What becomes of a notification after it was written: further states in the inbox, and what brings it back.

-- States ---------------------------------------------------------------------------------------------------------

alter table notifications
    add column place           text check (place in ('archived', 'snoozed', 'recalled')),
    add column unread_offset   bigint,
    add column acknowledged_at timestamptz,
    add column snoozed_until   timestamptz,
    add column edited_at       timestamptz,
    add column data            json,
    add check ((place is not distinct from 'snoozed') = (snoozed_until is not null));
comment on column notifications.place is 'Where it is instead of in the list; null: in the list. Counts are of the list. What was recalled stays as a tombstone.';
comment on column notifications.unread_offset is 'The offset at which it was marked unread; what was marked read up to somewhere later is read again.';
comment on column notifications.data is 'In place of the event''s, where it was edited.';

-- Each row is in one of them: lists are read from the first, archives from the second.
drop index notifications_user_id_created_offset_idx;
create index on notifications (user_id, created_offset) where place is null;
create index on notifications (user_id, created_offset) where place is not null;
create index on notifications (user_id, created_offset) where unread_offset is not null;

create function is_read(read_at timestamptz, created_offset bigint, unread_offset bigint, read_through bigint,
                        read_through_changed bigint) returns boolean
    language sql immutable parallel safe
    return read_at is not null or created_offset <= read_through and coalesce(unread_offset, 0) < read_through_changed;
comment on function is_read is 'The one rule for what is read: it says so itself, or lies below the mark and was not marked unread since.';

create function is_seen(read_at timestamptz, created_offset bigint, unread_offset bigint, read_through bigint,
                        seen_through bigint) returns boolean
    language sql immutable parallel safe
    return created_offset <= greatest(seen_through, read_through) or read_at is not null or unread_offset is not null;
comment on function is_seen is 'What was read was seen, also when it was marked unread since.';

-- What returns ---------------------------------------------------------------------------------------------------

create table snoozes (
    notification_id uuid primary key,
    user_id         text collate "C" not null,
    due_at          timestamptz      not null
);
create index on snoozes (due_at, notification_id);
create index on snoozes (user_id);
comment on table snoozes is 'When a snoozed notification returns. A row whose notification is not snoozed any more means nothing.';

alter table push_timers add column since timestamptz;
comment on column push_timers.since is 'For the push of one that came back: tries before that were for an earlier one.';

-- Erasure --------------------------------------------------------------------------------------------------------

create index on unlisted_notifications (user_id);
