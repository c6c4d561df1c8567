//! Where names stand so that none covers another, nor a sign.

use std::collections::HashMap;

/// Height of a line of letters, in pixels.
pub(super) const LETTER: f64 = 14.0;
/// Side of a cell in which covered ground is looked up.
const CELL: f64 = 64.0;

/// A name that looks for room.
pub(super) struct Wanted {
    /// The middle of its sign, in shares of the width and height of the picture.
    pub(super) at: (f64, f64),
    /// From the middle of the sign to its edge, in pixels; zero where there is no sign.
    pub(super) reach: f64,
    /// The words.
    pub(super) text: String,
    /// Of two that want the same room, the greater gets it.
    pub(super) rank: (u8, i64),
}

/// On which side of its sign a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Side {
    across: i8,
    down: i8,
}

const SIDES: [Side; 8] = [
    Side { across: 1, down: 0 },
    Side { across: -1, down: 0 },
    Side { across: 0, down: -1 },
    Side { across: 0, down: 1 },
    Side { across: 1, down: -1 },
    Side { across: 1, down: 1 },
    Side { across: -1, down: -1 },
    Side { across: -1, down: 1 },
];
const MIDDLE: Side = Side { across: 0, down: 0 };

impl Side {
    /// The value of `text-anchor`.
    pub(super) fn anchor(self) -> &'static str {
        match self.across {
            1 => "start",
            -1 => "end",
            _ => "middle",
        }
    }

    /// From the middle of the sign to the anchor on the base line, in pixels.
    pub(super) fn shift(self, reach: f64) -> (f64, f64) {
        let gap = if self.down == 0 || self.across == 0 {
            reach + 3.0
        } else {
            reach * 0.8 + 1.0
        };
        let down = match self.down {
            -1 => -gap - 2.0,
            1 => gap + LETTER - 3.0,
            _ => LETTER * 0.36,
        };
        (f64::from(self.across) * gap, down)
    }
}

/// Where the scale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Corner {
    /// At the bottom left.
    Left,
    /// At the bottom right.
    Right,
}

/// A rectangle: left, top, right, bottom.
type Ground = [f64; 4];

/// Chinese characters are as wide as high, others a little more than half.
pub(super) fn width(text: &str) -> f64 {
    text.chars()
        .map(|letter| {
            if u32::from(letter) >= 0x2e80 {
                LETTER
            } else {
                LETTER * 0.56
            }
        })
        .sum()
}

fn ground(wanted: &Wanted, size: (f64, f64), side: Side) -> Ground {
    let (across, down) = side.shift(wanted.reach);
    let wide = width(&wanted.text);
    let x = wanted.at.0 * size.0 + across;
    let left = match side.across {
        1 => x,
        -1 => x - wide,
        _ => x - wide / 2.0,
    };
    let base = wanted.at.1 * size.1 + down;
    [
        left - 1.0,
        base - LETTER * 0.9,
        left + wide + 1.0,
        base + LETTER * 0.25,
    ]
}

/// Covered ground, found by cells.
#[derive(Default)]
struct Covered {
    cells: HashMap<(i32, i32), Vec<Ground>>,
}

impl Covered {
    fn cells(ground: &Ground) -> impl Iterator<Item = (i32, i32)> + use<> {
        let [left, top, right, bottom] = ground.map(|edge| (edge / CELL).floor() as i32);
        (left..=right).flat_map(move |column| (top..=bottom).map(move |row| (column, row)))
    }

    fn is_free(&self, ground: &Ground) -> bool {
        Self::cells(ground).all(|cell| {
            self.cells.get(&cell).is_none_or(|taken| {
                taken.iter().all(|other| {
                    ground[2] <= other[0]
                        || other[2] <= ground[0]
                        || ground[3] <= other[1]
                        || other[3] <= ground[1]
                })
            })
        })
    }

    fn take(&mut self, ground: Ground) {
        for cell in Self::cells(&ground) {
            self.cells.entry(cell).or_default().push(ground);
        }
    }
}

/// Finds room for names in a picture of `size` pixels: by rank, each on the first free side. `signs` are middles and
/// reaches of all signs. What stood somewhere before keeps its side if it can.
pub(super) fn arrange(
    wanted: &[Wanted],
    signs: &[((f64, f64), f64)],
    size: (f64, f64),
    scale: Corner,
    before: &[Option<Side>],
) -> Vec<Option<Side>> {
    let mut covered = Covered::default();
    for ((x, y), reach) in signs {
        let (x, y) = (x * size.0, y * size.1);
        covered.take([x - reach, y - reach, x + reach, y + reach]);
    }
    let length = size.0 * 0.27;
    let left = if scale == Corner::Left {
        0.0
    } else {
        size.0 - length
    };
    covered.take([left, size.1 - 34.0, left + length, size.1]);
    // The arrow to the north.
    covered.take([size.0 - 34.0, 0.0, size.0, 44.0]);
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    let placed = |index: usize| before.get(index).copied().flatten();
    order.sort_by_key(|index| {
        (
            placed(*index).is_none(),
            std::cmp::Reverse(wanted[*index].rank),
            *index,
        )
    });
    let mut sides = vec![None; wanted.len()];
    for index in order {
        let name = &wanted[index];
        let own: &[Side] = if name.reach > 0.0 { &SIDES } else { &[MIDDLE] };
        let free = placed(index).into_iter().chain(own.iter().copied()).find(|side| {
            let ground = ground(name, size, *side);
            let inside = ground[0] >= 0.0 && ground[1] >= 0.0 && ground[2] <= size.0 && ground[3] <= size.1;
            inside && covered.is_free(&ground)
        });
        if let Some(side) = free {
            covered.take(ground(name, size, side));
            sides[index] = Some(side);
        }
    }
    sides
}
