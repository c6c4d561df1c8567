-- The tables that a rush writes to, laid out for it: clustered by their key on SQLite, where ids that are made together
-- lie together, and without the indexes that nothing reads.

-- The end of each audit chain; whoever appends holds this row until the commit, on PostgreSQL against other nodes too.
CREATE TABLE audit_chain (
    chain TEXT /*postgres COLLATE "C"*/ PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
INSERT INTO audit_chain (chain, seq, hash)
    SELECT a.chain, a.seq, a.hash FROM audit a
    WHERE a.seq = (SELECT MAX(b.seq) FROM audit b WHERE b.chain = a.chain);

-- A value that changes with whatever it stands for, so that what was derived from that can be kept in memory.
CREATE TABLE stamp (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    name TEXT NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (district, name)
);

DROP INDEX transfer_from;
DROP INDEX transfer_to;

-- An order's code follows from round, compound and number, which are unique instead. On SQLite they are the order in which
-- orders lie.
/*postgres
DROP INDEX orders_round;
CREATE UNIQUE INDEX orders_round ON orders (district, round, compound, number);
ALTER TABLE orders DROP CONSTRAINT orders_district_code_key;
*/

/*sqlite
CREATE TABLE command_clustered (
    district TEXT NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL,
    result TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, id)
) WITHOUT ROWID;
INSERT INTO command_clustered SELECT district, id, name, hash, result, at_s, actor FROM command ORDER BY district, id;
DROP TABLE command;
ALTER TABLE command_clustered RENAME TO command;

CREATE TABLE account_clustered (
    district TEXT NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    asset TEXT NOT NULL,
    guarded BIGINT NOT NULL,
    posted BIGINT NOT NULL,
    reserved_out BIGINT NOT NULL,
    reserved_in BIGINT NOT NULL,
    PRIMARY KEY (district, id),
    CONSTRAINT account_not_below_zero CHECK (guarded = 0 OR posted - reserved_out >= 0)
) WITHOUT ROWID;
INSERT INTO account_clustered SELECT district, id, name, asset, guarded, posted, reserved_out, reserved_in FROM account
    ORDER BY district, id;
DROP TABLE account;
ALTER TABLE account_clustered RENAME TO account;

CREATE TABLE transfer_clustered (
    district TEXT NOT NULL,
    id BYTEA NOT NULL,
    from_id BYTEA NOT NULL,
    to_id BYTEA NOT NULL,
    asset TEXT NOT NULL,
    amount BIGINT NOT NULL,
    action BIGINT NOT NULL,
    reservation BYTEA,
    expires_s BIGINT,
    state BIGINT,
    cause BYTEA NOT NULL,
    reason BIGINT NOT NULL,
    at_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    linked BIGINT NOT NULL,
    PRIMARY KEY (district, id),
    CONSTRAINT transfer_amount_positive CHECK (amount > 0)
) WITHOUT ROWID;
INSERT INTO transfer_clustered SELECT district, id, from_id, to_id, asset, amount, action, reservation, expires_s, state,
    cause, reason, at_s, actor, linked FROM transfer ORDER BY district, id;
DROP TABLE transfer;
ALTER TABLE transfer_clustered RENAME TO transfer;
CREATE INDEX transfer_cause ON transfer (district, cause);

CREATE TABLE orders_clustered (
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
    PRIMARY KEY (district, round, compound, number)
) WITHOUT ROWID;
INSERT INTO orders_clustered SELECT district, id, round, number, code, compound, household, building, unit, room, phone,
    channel, state, payment, amount_fen, refund_fen, note, box, created_s, updated_s, actor, revision FROM orders
    ORDER BY district, round, compound, number;
DROP TABLE orders;
ALTER TABLE orders_clustered RENAME TO orders;
CREATE UNIQUE INDEX orders_id ON orders (district, id);
CREATE INDEX orders_household ON orders (district, household, created_s);

CREATE TABLE order_line_clustered (
    district TEXT NOT NULL,
    order_id BYTEA NOT NULL,
    pack TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    packed BIGINT NOT NULL,
    price_fen BIGINT NOT NULL,
    short_reason TEXT NOT NULL,
    PRIMARY KEY (district, order_id, pack)
) WITHOUT ROWID;
INSERT INTO order_line_clustered SELECT district, order_id, pack, quantity, packed, price_fen, short_reason FROM order_line
    ORDER BY district, order_id, pack;
DROP TABLE order_line;
ALTER TABLE order_line_clustered RENAME TO order_line;
*/
