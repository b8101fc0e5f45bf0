-- How operators stop what goes wrong, and how tests are kept from real people.

-- Emergency stops ------------------------------------------------------------------------------------------------

create table stops (
    target            text collate "C" primary key,
    stopped_at        timestamptz,
    stopped_by        text        not null,
    reason            text        not null default '',
    discarded_at      timestamptz,
    discarded_through bigint      not null default 0
);
comment on table stops is 'What is stopped or once was: push, bulk, or category:<id>. Rows stay, since what was discarded may still be on its way through the lanes.';
comment on column stops.stopped_at is 'Null when it is not stopped now.';
comment on column stops.discarded_at is 'Pushes that were due by then are not sent.';
comment on column stops.discarded_through is 'Events whose place in the lanes (pending_events.seq) is not beyond this reach nobody.';

create function is_stopped(category text, priority smallint) returns boolean
    language sql stable
    return exists (
        select 1 from stops s
        where s.stopped_at is not null and (s.target = 'category:' || category or s.target = 'bulk' and priority = 3));
comment on function is_stopped is 'Whether nothing of that category and priority may go out now; a stop of push alone is asked for by those who push.';

create table held_events (
    target      text collate "C" not null,
    lane        smallint         not null,
    seq         bigint           not null,
    event_id    uuid             not null,
    expanded_to text collate "C",
    named       int              not null,
    primary key (target, lane, seq)
);
create index on held_events (event_id);
comment on table held_events is 'Events of stopped categories, out of the way of the others of their lane. They go back to the places that they had.';

alter table push_timers add column held_for text collate "C";
drop index push_timers_priority_due_at_idx;
create index on push_timers (priority, due_at) where held_for is null;
create index on push_timers (held_for, due_at) where held_for is not null;
comment on column push_timers.held_for is 'The stop that holds it, out of the way of those that are due.';

-- Sandbox --------------------------------------------------------------------------------------------------------

alter table api_keys add column is_test boolean not null default false;
comment on column api_keys.is_test is 'What is sent with it reaches nobody but those on the list of the sandbox (belfry.sandbox.recipients).';
