//! What failed once: each script in `scripts/` was left by a failing simulation and must pass for ever.

use std::path::Path;

use drill::simulate::replay;

#[test]
fn what_failed_once_does_not_fail_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scripts");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let script = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if let Err(failure) = replay(&script) {
            panic!("{}: {failure}", path.display());
        }
        count += 1;
    }
    assert!(count >= 6, "{count} scripts");
}
