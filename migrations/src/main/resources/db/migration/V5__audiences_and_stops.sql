-- Whom events reach without naming them, and how operators stop what goes wrong.

-- Segments -------------------------------------------------------------------------------------------------------

create table segments (
    id          text collate "C" primary key,
    description text        not null default '',
    rule        json        not null,
    updated_at  timestamptz not null default now()
);
comment on column segments.rule is 'As io.belfry.core.segment.RuleReading reads it. json, not jsonb: it is shown as it was written.';
