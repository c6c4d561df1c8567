//! A disk in memory that fails as it is told: what was written but not synced can be lost, torn or kept.
//!
//! Each file holds what the program sees, what is durable, and the changes in between. The rules are those of a real disk
//! under a real page cache: a process that dies loses nothing, a power cut loses any part of what was not synced, and a sync
//! that fails forgets the changes it was to save, so that the next one must not be believed.

mod vfs;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use serde::{Deserialize, Serialize};

/// Bytes that a disk writes as a whole.
const SECTOR: usize = 512;

/// What a program may ask of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// A file is opened.
    Open,
    /// Bytes are read.
    Read,
    /// Bytes are written.
    Write,
    /// A file is made durable.
    Sync,
    /// A file is cut or extended.
    Truncate,
    /// A file is deleted.
    Delete,
}

/// Every operation, for tests that go through all of them.
pub const OPERATIONS: [Operation; 6] = [
    Operation::Open,
    Operation::Read,
    Operation::Write,
    Operation::Sync,
    Operation::Truncate,
    Operation::Delete,
];

/// What goes wrong, counted from the moment at which it is arranged; the first operation has number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The `number`-th operation of a kind fails once.
    Fail {
        /// Which kind.
        operation: Operation,
        /// Which of them.
        number: u64,
    },
    /// The `number`-th write stops half-way and fails.
    ShortWrite {
        /// Which write.
        number: u64,
    },
    /// The power fails at the `number`-th operation of a kind; nothing works until it is back.
    PowerCut {
        /// Which kind.
        operation: Operation,
        /// Which of them.
        number: u64,
        /// Whether that operation still happened.
        after: bool,
    },
    /// Files cannot grow by more than so many bytes.
    Full {
        /// How many bytes are left.
        bytes: u64,
    },
    /// Every sync reports success and does nothing.
    LyingSync,
}

#[derive(Clone, Debug)]
enum Change {
    Create,
    Write { offset: usize, bytes: Vec<u8> },
    Resize(usize),
    Delete,
}

/// One file: what programs see, what is durable, and the changes from the second to the first.
#[derive(Clone, Default)]
struct File {
    seen: Option<Vec<u8>>,
    durable: Option<Vec<u8>>,
    changes: Vec<Change>,
}

/// Content by path.
pub type Image = BTreeMap<String, Vec<u8>>;

struct State {
    files: BTreeMap<String, File>,
    trouble: Option<Trouble>,
    /// Operations since the trouble was arranged, by kind.
    counts: [u64; OPERATIONS.len()],
    grown: u64,
    /// Whether the trouble has struck.
    struck: bool,
    /// Whether nothing works, because the power is off or the process is to die.
    off: bool,
    random: SmallRng,
}

/// A disk. Clones are the same disk.
#[derive(Clone)]
pub struct Disk {
    place: Arc<Place>,
}

/// A registered virtual file system and the disk behind it, used by one disk at a time.
struct Place {
    name: String,
    state: Arc<Mutex<State>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        // A registration lasts as long as the process, so the next disk takes it over.
        vfs::give_back(&self.name, &self.state);
    }
}

impl Disk {
    /// An empty disk; `seed` decides what a power cut leaves.
    ///
    /// # Errors
    /// If the virtual file system cannot be registered.
    pub fn new(seed: u64) -> Result<Self, String> {
        Self::with(&Image::new(), seed)
    }

    /// A disk that durably holds `image`.
    ///
    /// # Errors
    /// If the virtual file system cannot be registered.
    pub fn with(image: &Image, seed: u64) -> Result<Self, String> {
        let (name, state) = vfs::take()?;
        *lock(&state) = State::new(image, seed);
        Ok(Self {
            place: Arc::new(Place { name, state }),
        })
    }

    /// The name under which SQLite knows this disk.
    pub fn name(&self) -> &str {
        &self.place.name
    }

    /// Arranges trouble, or none; counting begins anew.
    pub fn arrange(&self, trouble: Option<Trouble>) {
        let mut state = lock(&self.place.state);
        state.trouble = trouble;
        state.counts = [0; OPERATIONS.len()];
        state.grown = 0;
        state.struck = false;
    }

    /// Whether the arranged trouble has struck.
    pub fn struck(&self) -> bool {
        lock(&self.place.state).struck
    }

    /// Whether nothing works at present.
    pub fn is_off(&self) -> bool {
        lock(&self.place.state).off
    }

    /// How many operations of a kind there were since the last arrangement.
    pub fn count(&self, operation: Operation) -> u64 {
        lock(&self.place.state).counts[operation as usize]
    }

    /// From now on nothing works, as for a process that is being killed: what it still does has no effect.
    pub fn freeze(&self) {
        lock(&self.place.state).off = true;
    }

    /// Works again with all that was written, as after the end of a process.
    pub fn thaw(&self) {
        let mut state = lock(&self.place.state);
        state.off = false;
        state.trouble = None;
    }

    /// Works again after a power cut: of what was not synced any part may be gone, also part of one write.
    pub fn power_on(&self) {
        let mut state = lock(&self.place.state);
        state.lose_unsynced();
        state.off = false;
        state.trouble = None;
    }

    /// Writes a file over itself and syncs it, as the store does with the write-ahead log at its start: what a failed sync has
    /// forgotten is saved after all. A virtual file system lies below SQLite only, so the drill does it in the store's place.
    pub fn save_again(&self, path: &str) {
        let mut state = lock(&self.place.state);
        if let Some(file) = state.files.get_mut(path) {
            file.durable.clone_from(&file.seen);
            file.changes.clear();
        }
    }

    /// What programs see now.
    pub fn image(&self) -> Image {
        let state = lock(&self.place.state);
        let seen = |(path, file): (&String, &File)| Some((path.clone(), file.seen.clone()?));
        state.files.iter().filter_map(seen).collect()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn new(image: &Image, seed: u64) -> Self {
        let file = |(path, bytes): (&String, &Vec<u8>)| {
            let file = File {
                seen: Some(bytes.clone()),
                durable: Some(bytes.clone()),
                changes: Vec::new(),
            };
            (path.clone(), file)
        };
        Self {
            files: image.iter().map(file).collect(),
            trouble: None,
            counts: [0; OPERATIONS.len()],
            grown: 0,
            struck: false,
            off: false,
            random: SmallRng::seed_from_u64(seed),
        }
    }

    /// Of each unsynced change it is decided by lot whether it reached the disk, for a write sector by sector.
    fn lose_unsynced(&mut self) {
        let Self { files, random, .. } = self;
        for file in files.values_mut() {
            let mut changes = std::mem::take(&mut file.changes);
            // A cut often loses all or nothing; the mixtures in between are the rare and nasty cases.
            let share: f64 = [0.0, 1.0, random.random()][random.random_range(0..3)];
            for change in &mut changes {
                if let Change::Write { offset, bytes } = change {
                    for (from, sector) in sectors(*offset, bytes) {
                        if random.random_bool(share) {
                            apply(
                                &mut file.durable,
                                &Change::Write {
                                    offset: from,
                                    bytes: sector,
                                },
                            );
                        }
                    }
                } else if random.random_bool(share) {
                    apply(&mut file.durable, change);
                }
            }
            file.seen.clone_from(&file.durable);
        }
        files.retain(|_, file| file.durable.is_some());
    }

    /// Makes the changes of a file durable. For a new file that takes in its directory, so that what was deleted before is
    /// gone for good, as SQLite does on Unix for its journals.
    fn save(&mut self, path: &str) {
        let Some(file) = self.files.get_mut(path) else {
            return;
        };
        let is_new = file.durable.is_none();
        for change in std::mem::take(&mut file.changes) {
            apply(&mut file.durable, &change);
        }
        if is_new {
            self.files.retain(|_, file| file.seen.is_some());
        }
    }

    /// A failed sync: each change may have reached the disk, and none is tried again, though programs still see them.
    fn forget(&mut self, path: &str) {
        let Self { files, random, .. } = self;
        if let Some(file) = files.get_mut(path) {
            for change in std::mem::take(&mut file.changes) {
                if random.random_bool(0.5) {
                    apply(&mut file.durable, &change);
                }
            }
        }
    }

    fn change(&mut self, path: &str, change: Change) {
        let file = self.files.entry(path.to_owned()).or_default();
        apply(&mut file.seen, &change);
        file.changes.push(change);
    }
}

fn apply(content: &mut Option<Vec<u8>>, change: &Change) {
    match (change, content.as_mut()) {
        (Change::Create, None) => *content = Some(Vec::new()),
        (Change::Delete, _) => *content = None,
        (Change::Write { offset, bytes }, Some(content)) => {
            let end = offset + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[*offset..end].copy_from_slice(bytes);
        }
        (Change::Resize(length), Some(content)) => content.resize(*length, 0),
        (Change::Create, Some(_)) | (Change::Write { .. } | Change::Resize(_), None) => {}
    }
}

/// The parts of a write that lie in different sectors.
fn sectors(offset: usize, bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut parts = Vec::new();
    let mut from = offset;
    let end = offset + bytes.len();
    while from < end {
        let to = ((from / SECTOR + 1) * SECTOR).min(end);
        parts.push((from, bytes[from - offset..to - offset].to_vec()));
        from = to;
    }
    parts
}
