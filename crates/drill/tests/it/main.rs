//! x
#![allow(clippy::unwrap_used, missing_docs)]
#[test]
fn dbg_image() {
    let g = drill::simulate::world::ground(drill::simulate::world::World::Control).unwrap();
    for (p, b) in &g.image { println!("{p} {}", b.len()); }
    println!("{:?}", g.figures);
}
