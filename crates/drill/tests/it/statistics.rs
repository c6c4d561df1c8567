//! What is brought in at once is planned for at once: a board after a large import does not wait for PostgreSQL to look at
//! the table by itself.

use baogong::MIGRATIONS;
use drill::cluster::{self, Cluster};
use drill::town;
use store::testing::on_server;

/// Fails where PostgreSQL knows nothing of a column.
fn known(url: &str, table: &str, column: &str) -> Result<(), store::Fault> {
    let sql = format!(
        "DO $$ BEGIN
             IF NOT EXISTS (SELECT 1 FROM pg_stats WHERE tablename = '{table}' AND attname = '{column}') THEN
                 RAISE EXCEPTION 'nothing is known of {table}.{column}';
             END IF;
         END $$"
    );
    on_server(url, &sql)
}

#[test]
fn a_large_import_and_a_restored_backup_leave_statistics() {
    if !cluster::at_hand() {
        println!("skipped: PostgreSQL is not installed");
        return;
    }
    let cluster = Cluster::start().unwrap();
    // Otherwise the server might look by itself just in time.
    cluster.sql("ALTER SYSTEM SET autovacuum = off").unwrap();
    cluster.sql("SELECT pg_reload_conf()").unwrap();
    let address = |name: &str| {
        cluster.sql(&format!("CREATE DATABASE {name}")).unwrap();
        let (server, _) = cluster.url.rsplit_once('/').unwrap();
        format!("{server}/{name}")
    };
    let (imported, restored) = (address("imported"), address("restored"));
    town::found(&imported).unwrap();
    known(&imported, "entry", "area").unwrap();
    known(&imported, "round", "area").expect_err("nothing looks at what grew by a row");
    let folder = drill::server::Scratch::new().unwrap();
    let file = folder.0.join("backup.db");
    let db = store::Db::open(&imported, MIGRATIONS).unwrap();
    db.backup(&file).unwrap();
    db.close();
    store::Db::restore(&restored, MIGRATIONS, &file).unwrap();
    for (table, column) in [("entry", "area"), ("round", "area")] {
        known(&restored, table, column).unwrap();
    }
}
