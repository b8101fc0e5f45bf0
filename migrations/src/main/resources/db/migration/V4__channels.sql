-- What the gateways' server API keeps.

create table token_revocations (
    user_id      text collate "C" not null,
    token_id     text collate "C" not null default '',
    issued_until timestamptz      not null,
    revoked_at   timestamptz      not null default now(),
    expires_at   timestamptz      not null,
    primary key (user_id, token_id)
);
comment on table token_revocations is 'Tokens of end users that count no longer though they have not ended.';
comment on column token_revocations.token_id is 'The claim jti of one token; empty for all of the user''s that were issued up to issued_until.';
comment on column token_revocations.expires_at is 'When all tokens that it concerns have ended by themselves.';
create index token_revocations_by_time on token_revocations (revoked_at);
