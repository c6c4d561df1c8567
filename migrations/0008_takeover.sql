-- A vehicle that breaks down under way: since when, where (a compound; empty for its supplier) and why; and on a trip that fetches
-- goods from such a vehicle, the trip on which they were.
ALTER TABLE trip ADD COLUMN stranded_s BIGINT;
ALTER TABLE trip ADD COLUMN stranded_at TEXT NOT NULL DEFAULT '';
ALTER TABLE trip ADD COLUMN stranded_why TEXT NOT NULL DEFAULT '';
ALTER TABLE trip ADD COLUMN takes_over BYTEA;
