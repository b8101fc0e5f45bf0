-- Whom broadcasts are for, and what they choose.

-- What users want ------------------------------------------------------------------------------------------------

create function wants(settings json, category_id text, medium text, mandatory boolean, opt_in text[]) returns boolean
    language sql immutable parallel safe
    return mandatory
        or coalesce((settings -> 'categories' -> category_id ->> medium)::boolean, not medium = any (opt_in));
comment on function wants is 'As io.belfry.core.preference.Preferences.wants says it, for sets of users; settings may be null.';

create function keeps_quiet(settings json, category_id text, mandatory boolean, opt_in text[], topic text) returns boolean
    language sql stable parallel safe
    return not mandatory and (
        not wants(settings, category_id, 'live', mandatory, opt_in)
        or coalesce((settings ->> 'pausedUntil')::timestamptz > clock_timestamp(), false)
        or exists (
            select 1 from json_array_elements_text(settings -> 'mutedTopics') as m(muted)
            where topic = muted or starts_with(topic, muted || '/')));
comment on function keeps_quiet is 'Whether it comes without a sound, as io.belfry.core.decision.Decisions.live says it. Topic may be null.';
