-- Inboxes that begin anew.

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
