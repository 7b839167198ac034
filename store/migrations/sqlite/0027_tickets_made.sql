-- +goose Up
-- What a policy would have meant is asked of the tickets of the last days.
CREATE INDEX tickets_made ON tickets (made_at, conversation);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
