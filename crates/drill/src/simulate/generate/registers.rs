//! What might be brought in: files of households, applied and taken back.

use baogong::base::id::BatchId;
use baogong::register::import::{BatchRef, BatchState};
use rand::{Rng as _, seq::IndexedRandom as _};

use super::super::model::Model;
use super::super::script::{Deed, FileDraft, FileRow};
use super::super::world::{COMPOUNDS, DISTRICT, HOUSEHOLDS};
use super::Generator;

/// Households of a compound that only files bring in, after those that are registered.
pub const BROUGHT_IN: usize = 3;

impl Generator {
    /// A file is brought in, or one that is there goes on.
    pub(super) fn import(&mut self, model: &Model) -> Deed {
        let anyhow = self.chance(0.1);
        let of = |state: BatchState| -> Vec<BatchId> {
            let fits = model
                .imports
                .iter()
                .filter(|(_, import)| anyhow || import.state == state);
            fits.map(|(id, _)| *id).collect()
        };
        let at = |id: &BatchId| BatchRef {
            district: DISTRICT.into(),
            id: *id,
        };
        let (waiting, applied) = (of(BatchState::Previewed), of(BatchState::Applied));
        match (waiting.choose(&mut self.random), applied.choose(&mut self.random)) {
            (Some(id), _) if self.chance(0.6) => Deed::Apply(at(id)),
            (_, Some(id)) if self.chance(0.5) => Deed::Undo(at(id)),
            _ => Deed::Upload(self.file()),
        }
    }

    fn file(&mut self) -> FileDraft {
        let rows = self.random.random_range(1..5);
        FileDraft {
            rows: (0..rows).map(|_| self.row()).collect(),
        }
    }

    fn row(&mut self) -> FileRow {
        let unknown = usize::from(self.chance(0.03));
        let number = if self.chance(0.7) {
            HOUSEHOLDS + self.random.random_range(0..BROUGHT_IN)
        } else {
            self.random.random_range(0..HOUSEHOLDS)
        };
        let vacant = self.chance(0.1);
        FileRow {
            compound: self.random.random_range(0..COMPOUNDS.len()) + unknown * COMPOUNDS.len(),
            number,
            head: self.pick(&["张伟", "王芳"]).into(),
            members: match self.random.random_range(0..30) {
                _ if vacant => 0,
                0 => 31,
                _ => self.random.random_range(1..6),
            },
            vacant,
        }
    }
}
