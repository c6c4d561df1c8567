-- Fair release by ballot: how a round lets its packs go, what was sealed when it opened, and every ticket of its draw.
ALTER TABLE round ADD COLUMN release TEXT NOT NULL DEFAULT 'first_come';

CREATE TABLE ballot (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    round BYTEA NOT NULL,
    secret TEXT NOT NULL,
    commitment TEXT NOT NULL,
    mask TEXT NOT NULL,
    priority TEXT NOT NULL,
    allotments TEXT NOT NULL,
    digest TEXT NOT NULL,
    seed TEXT NOT NULL,
    drawn_s BIGINT,
    PRIMARY KEY (district, round)
);

CREATE TABLE ballot_ticket (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    order_id BYTEA NOT NULL,
    round BYTEA NOT NULL,
    household TEXT /*postgres COLLATE "C"*/ NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    number TEXT NOT NULL,
    wants TEXT NOT NULL,
    class TEXT NOT NULL,
    ticket TEXT /*postgres COLLATE "C"*/ NOT NULL,
    result TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    drawn_s BIGINT NOT NULL,
    PRIMARY KEY (district, order_id)
);
CREATE INDEX ballot_ticket_round ON ballot_ticket (district, round, compound);
CREATE INDEX ballot_ticket_household ON ballot_ticket (district, household, drawn_s);
