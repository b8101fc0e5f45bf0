-- Whom events address: users as services describe and erase them, topics, segments; and what services may send.

-- Erasure of users -----------------------------------------------------------------------------------------------

create table erasures (
    id           uuid primary key     default uuidv7(),
    user_id      text collate "C",
    pseudonym    text        not null unique,
    requested_by text        not null,
    requested_at timestamptz not null default now(),
    finished_at  timestamptz,
    scanned_to   uuid        not null default '00000000-0000-0000-0000-000000000000',
    events       bigint      not null default 0
);
create unique index on erasures (user_id) where finished_at is null;
comment on column erasures.user_id is 'Null once all is erased: from then on nothing leads from the pseudonym to the person.';
comment on column erasures.scanned_to is 'The events up to here hold the person no more.';
comment on column erasures.events is 'In how many the person was.';

-- Event types ----------------------------------------------------------------------------------------------------

alter table event_types add column data_schema text;
comment on column event_types.data_schema is 'JSON Schema (2020-12) of the data, as it was written; null for any object.';
