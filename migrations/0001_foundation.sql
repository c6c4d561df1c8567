-- One SQL subset for both databases. Every busy table's key begins with the district (first six digits of the
-- area code), so that a distributed engine can shard by it. Ids are 16 bytes made by the application.
-- Codes compare byte by byte on both engines, because a subtree is a range of codes.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE app_user (
    id BYTEA PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    supplier TEXT /*postgres COLLATE "C"*/,
    active BIGINT NOT NULL,
    created_s BIGINT NOT NULL
);

-- Sessions and one-time links; only hashes of the secrets are kept.
CREATE TABLE session (
    token_hash BYTEA PRIMARY KEY,
    user_id BYTEA NOT NULL,
    created_s BIGINT NOT NULL,
    expires_s BIGINT NOT NULL
);

CREATE TABLE sign_in_link (
    token_hash BYTEA PRIMARY KEY,
    user_id BYTEA,
    expires_s BIGINT NOT NULL,
    used_s BIGINT
);

CREATE TABLE audit (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    detail TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_at ON audit (at_s);

-- A client-made command acts once; its first result is replayed.
CREATE TABLE command (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL,
    result TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, id)
);

-- Ledger.
CREATE TABLE account (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    asset TEXT NOT NULL,
    guarded BIGINT NOT NULL,
    posted BIGINT NOT NULL,
    reserved_out BIGINT NOT NULL,
    reserved_in BIGINT NOT NULL,
    PRIMARY KEY (district, id),
    CONSTRAINT account_not_below_zero CHECK (guarded = 0 OR posted - reserved_out >= 0)
);

CREATE TABLE transfer (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
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
);
CREATE INDEX transfer_cause ON transfer (district, cause);
CREATE INDEX transfer_from ON transfer (district, from_id);
CREATE INDEX transfer_to ON transfer (district, to_id);

-- Registers: who and what exists. One entry is one row of a form; `body` holds its columns as JSON.
CREATE TABLE entry (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    register TEXT /*postgres COLLATE "C"*/ NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    tag TEXT NOT NULL,
    people BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_s BIGINT NOT NULL,
    PRIMARY KEY (district, register, code)
);
CREATE INDEX entry_area ON entry (district, register, area, code);
CREATE INDEX entry_tag ON entry (district, register, tag, area);

CREATE TABLE import_batch (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    file_name TEXT NOT NULL,
    file BYTEA NOT NULL,
    state TEXT NOT NULL,
    summary TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    applied_s BIGINT,
    undone_s BIGINT,
    PRIMARY KEY (district, id)
);
CREATE INDEX import_batch_created ON import_batch (district, created_s);

-- What a batch changed, for undo and for the history of an entry.
CREATE TABLE entry_change (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    register TEXT /*postgres COLLATE "C"*/ NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    batch BYTEA NOT NULL,
    before TEXT,
    after TEXT,
    at_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, register, code, batch)
);
CREATE INDEX entry_change_batch ON entry_change (district, batch);

-- Plan.
CREATE TABLE directive (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    plan TEXT NOT NULL,
    level TEXT NOT NULL,
    risk TEXT NOT NULL,
    from_s BIGINT NOT NULL,
    until_s BIGINT,
    ordered_by TEXT NOT NULL,
    note TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    ended_by TEXT,
    PRIMARY KEY (district, id),
    UNIQUE (district, number)
);
CREATE INDEX directive_area ON directive (district, area, from_s);

-- Two lists and coverage.
CREATE TABLE need (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    household TEXT /*postgres COLLATE "C"*/ NOT NULL,
    item TEXT NOT NULL,
    category TEXT NOT NULL,
    quantity TEXT NOT NULL,
    urgent BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    settled_s BIGINT,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, id)
);
CREATE INDEX need_compound ON need (district, compound, state);

CREATE TABLE visit (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    household TEXT /*postgres COLLATE "C"*/ NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    at_s BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, id)
);
CREATE INDEX visit_household ON visit (district, household, at_s);

CREATE TABLE coverage (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    household TEXT /*postgres COLLATE "C"*/ NOT NULL,
    category TEXT NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    balance_g BIGINT NOT NULL,
    daily_g BIGINT NOT NULL,
    as_of_s BIGINT NOT NULL,
    runs_out_s BIGINT NOT NULL,
    PRIMARY KEY (district, household, category)
);
CREATE INDEX coverage_compound ON coverage (district, compound, category, runs_out_s);

-- Proposals and what came of them.
CREATE TABLE proposal (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    state TEXT NOT NULL,
    problem TEXT NOT NULL,
    result TEXT NOT NULL,
    findings TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    decided_s BIGINT,
    decided_by TEXT,
    PRIMARY KEY (district, id)
);

CREATE TABLE assignment (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    main TEXT /*postgres COLLATE "C"*/ NOT NULL,
    backup TEXT /*postgres COLLATE "C"*/,
    proposal BYTEA,
    since_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, compound)
);

-- Round.
CREATE TABLE round (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    title TEXT NOT NULL,
    mode TEXT NOT NULL,
    supplier TEXT /*postgres COLLATE "C"*/ NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    state TEXT NOT NULL,
    opens_s BIGINT NOT NULL,
    cutoff_s BIGINT NOT NULL,
    pay_by_s BIGINT NOT NULL,
    deliver_s BIGINT NOT NULL,
    rules TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    PRIMARY KEY (district, id),
    UNIQUE (district, code)
);
CREATE INDEX round_state ON round (district, state);

CREATE TABLE round_compound (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    round BYTEA NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    position BIGINT NOT NULL,
    token TEXT /*postgres COLLATE "C"*/ NOT NULL,
    drop_point TEXT NOT NULL,
    PRIMARY KEY (district, round, compound),
    UNIQUE (district, token)
);

CREATE TABLE round_pack (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    round BYTEA NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    price_fen BIGINT NOT NULL,
    weight_g BIGINT NOT NULL,
    limit_per_order BIGINT NOT NULL,
    contents TEXT NOT NULL,
    aliases TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (district, round, code)
);

CREATE TABLE orders (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    round BYTEA NOT NULL,
    number BIGINT NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    household TEXT /*postgres COLLATE "C"*/ NOT NULL,
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
    PRIMARY KEY (district, id),
    UNIQUE (district, code)
);
CREATE INDEX orders_round ON orders (district, round, compound, number);
CREATE INDEX orders_household ON orders (district, household, created_s);

CREATE TABLE order_line (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    order_id BYTEA NOT NULL,
    pack TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    packed BIGINT NOT NULL,
    price_fen BIGINT NOT NULL,
    short_reason TEXT NOT NULL,
    PRIMARY KEY (district, order_id, pack)
);

CREATE TABLE payment (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    round BYTEA NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    order_id BYTEA,
    household TEXT /*postgres COLLATE "C"*/ NOT NULL,
    kind TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    payer TEXT NOT NULL,
    reference TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, id)
);
CREATE INDEX payment_round ON payment (district, round, compound);
CREATE INDEX payment_household ON payment (district, household);

CREATE TABLE box (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    round BYTEA NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    number BIGINT NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    state TEXT NOT NULL,
    trip BYTEA,
    PRIMARY KEY (district, id),
    UNIQUE (district, code)
);
CREATE INDEX box_round ON box (district, round, compound, number);
CREATE INDEX box_trip ON box (district, trip);

CREATE TABLE trip (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    code TEXT /*postgres COLLATE "C"*/ NOT NULL,
    supplier TEXT /*postgres COLLATE "C"*/ NOT NULL,
    vehicle TEXT NOT NULL,
    driver TEXT NOT NULL,
    state TEXT NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    created_s BIGINT NOT NULL,
    departed_s BIGINT,
    ended_s BIGINT,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, id),
    UNIQUE (district, code)
);

CREATE TABLE trip_stop (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    trip BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    arrived_s BIGINT,
    handed_s BIGINT,
    received_by TEXT NOT NULL,
    PRIMARY KEY (district, trip, seq)
);

CREATE TABLE slot (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    round BYTEA NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    seq BIGINT NOT NULL,
    building TEXT NOT NULL,
    unit TEXT NOT NULL,
    start_s BIGINT NOT NULL,
    end_s BIGINT NOT NULL,
    households BIGINT NOT NULL,
    PRIMARY KEY (district, round, compound, seq)
);
