//! Every SQL statement is prepared on each engine, and the engines agree on parameters and columns.

use baogong::MIGRATIONS;

#[test]
fn every_statement_is_understood_by_each_engine() {
    let databases = store::testing::databases(MIGRATIONS);
    let mut shapes = Vec::new();
    for (name, db, _guard) in &databases {
        let problems = store::prepare_all(db);
        assert!(problems.is_empty(), "{name}: {problems:#?}");
        shapes.push(store::shapes(db));
    }
    assert!(store::statements().count() > 100);
}
