-- What is decided about a file that waits stands with the file.

-- Columns that were matched by hand hold for files of the area of whoever matched them.
CREATE TABLE import_match (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    area TEXT /*postgres COLLATE "C"*/ NOT NULL,
    signature TEXT /*postgres COLLATE "C"*/ NOT NULL,
    register TEXT /*postgres COLLATE "C"*/ NOT NULL,
    mapping TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    PRIMARY KEY (district, area, signature)
);
INSERT INTO import_match (district, area, signature, register, mapping, actor, at_s)
    SELECT district, district, signature, register, mapping, actor, at_s FROM import_mapping;
DROP TABLE import_mapping;

-- Besides choices between rows, columns and what is registered already; of files that wait they are made anew.
ALTER TABLE import_batch RENAME COLUMN choices TO decisions;
UPDATE import_batch SET decisions = '';

-- The changes of a batch in order, so that a long one is undone part by part.
DROP INDEX entry_change_batch;
CREATE INDEX entry_change_of_batch ON entry_change (district, batch, register, code);

-- Pasted messages by age, because they are not kept for ever.
CREATE INDEX chain_paste_at ON chain_paste (district, at_s);
