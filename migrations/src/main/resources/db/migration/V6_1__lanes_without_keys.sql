-- A dispatcher holds the row of a lane for as long as its batch takes, and the check of a foreign key waits for that
-- row: every event accepted for a lane that was being drained had to wait for its dispatcher. What a lane may be is
-- fixed, so a range tells it as well.

alter table pending_events
    drop constraint pending_events_lane_fkey,
    add constraint pending_events_lane_check check (lane between 0 and 31);

alter table scheduled_events
    drop constraint scheduled_events_lane_fkey,
    add constraint scheduled_events_lane_check check (lane between 0 and 31);
