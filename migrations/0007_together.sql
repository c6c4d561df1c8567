-- What each supplier gives a day to a compound that several feed together. Its main supplier in `assignment` is the one that
-- gives most; a compound that one supplier feeds alone has no line here.
CREATE TABLE assignment_part (
    district TEXT /*postgres COLLATE "C"*/ NOT NULL,
    compound TEXT /*postgres COLLATE "C"*/ NOT NULL,
    supplier TEXT /*postgres COLLATE "C"*/ NOT NULL,
    category TEXT /*postgres COLLATE "C"*/ NOT NULL,
    amount_g BIGINT NOT NULL,
    PRIMARY KEY (district, compound, supplier, category)
);
