-- Orders lie by round, compound and household, so that what a household ordered is found without an index of its own, which
-- a rush would have to write for each order somewhere else. The number of an order is counted beside its compound.

ALTER TABLE round_compound ADD COLUMN last_number BIGINT NOT NULL DEFAULT 0;
UPDATE round_compound SET last_number = COALESCE((
    SELECT MAX(o.number) FROM orders o
    WHERE o.district = round_compound.district AND o.round = round_compound.round AND o.compound = round_compound.compound), 0);
CREATE INDEX round_compound_compound ON round_compound (district, compound);

/*postgres
CREATE UNIQUE INDEX orders_place ON orders (district, round, compound, household, number);
DROP INDEX orders_round;
DROP INDEX orders_household;
*/

/*sqlite
CREATE TABLE orders_placed (
    district TEXT NOT NULL,
    id BYTEA NOT NULL,
    round BYTEA NOT NULL,
    number BIGINT NOT NULL,
    code TEXT NOT NULL,
    compound TEXT NOT NULL,
    household TEXT NOT NULL,
    building TEXT NOT NULL,
    unit TEXT NOT NULL,
    room TEXT NOT NULL,
    phone TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    payment TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    refund_fen BIGINT NOT NULL,
    note TEXT NOT NULL,
    box BYTEA,
    created_s BIGINT NOT NULL,
    updated_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (district, round, compound, household, number)
) WITHOUT ROWID;
INSERT INTO orders_placed SELECT district, id, round, number, code, compound, household, building, unit, room, phone,
    channel, state, payment, amount_fen, refund_fen, note, box, created_s, updated_s, actor, revision FROM orders
    ORDER BY district, round, compound, household, number;
DROP TABLE orders;
ALTER TABLE orders_placed RENAME TO orders;
CREATE UNIQUE INDEX orders_id ON orders (district, id);
*/
