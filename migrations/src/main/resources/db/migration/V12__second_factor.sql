-- The second factor of operators (RFC 6238).

alter table operators add column second_factor_since timestamptz;
comment on column operators.second_factor_since is 'Since when a sign-in needs a code beside the password.';

create table operator_second_factors (
    operator_id uuid primary key references operators on delete cascade,
    secret      bytea       not null,
    last_step   bigint      not null default 0,
    created_at  timestamptz not null default now()
);
comment on column operator_second_factors.secret is 'First byte 1: sealed by belfry.operators.secrets-key (AES-256-GCM). 0: as it is, without such a key.';
comment on column operator_second_factors.last_step is 'The time step of the last code that was taken: neither it nor one before it is taken again.';

create table operator_recovery_codes (
    operator_id uuid  not null references operators on delete cascade,
    code_hash   bytea not null,
    primary key (operator_id, code_hash)
);

-- Somebody who knew the password, and has yet to give the code.
create table operator_challenges (
    token_hash  bytea primary key,
    operator_id uuid        not null references operators on delete cascade,
    expires_at  timestamptz not null
);
create index on operator_challenges (operator_id);
create index on operator_challenges (expires_at);

-- Who may approve sees at once what waits.
create index on broadcast_reviews (asked_at) where verdict is null;
