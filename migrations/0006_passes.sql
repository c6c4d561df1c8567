-- Passes that were issued, so that a gate can ask whether one holds. Their content stands in the registers.
CREATE TABLE pass (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    holder TEXT /*postgres COLLATE "C"*/ NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    from_s BIGINT NOT NULL,
    until_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    issued_s BIGINT NOT NULL,
    revoked_s BIGINT,
    PRIMARY KEY (district, number)
);
CREATE INDEX pass_holder ON pass (district, kind, holder, number);
