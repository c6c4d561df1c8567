-- What the doors for spreadsheets and chain messages remember.

-- The columns that somebody matched to headings by hand, by the signature of the headings, for the next file like it.
CREATE TABLE import_mapping (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    signature TEXT /*postgres COLLATE "C"*/ NOT NULL,
    register TEXT /*postgres COLLATE "C"*/ NOT NULL,
    mapping TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    PRIMARY KEY (district, signature)
);

-- The mapping chosen for a file, and which of two probable duplicates is kept.
ALTER TABLE import_batch ADD COLUMN choices TEXT NOT NULL DEFAULT '';

-- What neighbours of a compound call each other and the goods.
CREATE TABLE chain_alias (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    kind TEXT NOT NULL,
    written TEXT /*postgres COLLATE "C"*/ NOT NULL,
    meaning TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    PRIMARY KEY (district, compound, kind, written)
);

-- A pasted chain message with the questions that it left open.
CREATE TABLE chain_paste (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    id BYTEA NOT NULL,
    round BYTEA NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    advance BIGINT NOT NULL,
    lines TEXT NOT NULL,
    questions TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    PRIMARY KEY (district, id)
);
CREATE INDEX chain_paste_round ON chain_paste (district, round, compound, at_s);

-- How a question was settled; the last one can be taken back.
CREATE TABLE chain_answer (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    paste BYTEA NOT NULL,
    place BIGINT NOT NULL,
    step BIGINT NOT NULL,
    answer TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    PRIMARY KEY (district, paste, place)
);
