//! The disk as SQLite sees it.

use std::{
    io::{Error, ErrorKind},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenOptions, Vfs, WalDisabled};

use super::{Change, File, Image, Operation, State, Trouble, lock};

type Registered = (String, Arc<Mutex<State>>);

/// Registered virtual file systems that no disk uses at present, and how many there are.
static FREE: Mutex<(Vec<Registered>, u32)> = Mutex::new((Vec::new(), 0));

/// A registered virtual file system of one's own.
pub(super) fn take() -> Result<Registered, String> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(registered) = free.0.pop() {
        return Ok(registered);
    }
    free.1 += 1;
    let name = format!("drill-{}", free.1);
    let state = Arc::new(Mutex::new(State::new(&Image::new(), 0)));
    let files = Files(Arc::clone(&state));
    sqlite_vfs::register(&name, files, false).map_err(|error| error.to_string())?;
    Ok((name, state))
}

pub(super) fn give_back(name: &str, state: &Arc<Mutex<State>>) {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    free.0.push((name.to_owned(), Arc::clone(state)));
}

struct Files(Arc<Mutex<State>>);

struct Handle {
    path: String,
    disk: Arc<Mutex<State>>,
}

fn failed(what: &str) -> Error {
    Error::new(ErrorKind::BrokenPipe, format!("drill: {what}"))
}

impl State {
    /// Counts an operation and lets the trouble strike.
    fn begin(&mut self, operation: Operation) -> Result<(), Error> {
        if self.off {
            return Err(failed("the disk is off"));
        }
        self.counts[operation as usize] += 1;
        let count = self.counts[operation as usize];
        match self.trouble {
            Some(Trouble::Fail {
                operation: kind,
                number,
            }) if kind == operation && number == count => {
                self.struck = true;
                Err(failed("this operation fails"))
            }
            Some(Trouble::PowerCut {
                operation: kind,
                number,
                after: false,
            }) if kind == operation && number == count => {
                self.struck = true;
                self.off = true;
                Err(failed("the power is cut"))
            }
            _ => Ok(()),
        }
    }

    /// Lets a power cut strike right after an operation.
    fn end(&mut self, operation: Operation) -> Result<(), Error> {
        match self.trouble {
            Some(Trouble::PowerCut {
                operation: kind,
                number,
                after: true,
            }) if kind == operation && number == self.counts[operation as usize] => {
                self.struck = true;
                self.off = true;
                Err(failed("the power is cut"))
            }
            _ => Ok(()),
        }
    }

    fn file(&self, path: &str) -> Option<&Vec<u8>> {
        self.files.get(path).and_then(|file: &File| file.seen.as_ref())
    }

    /// Whether the disk has room for a file to grow to `length`.
    fn make_room(&mut self, path: &str, length: usize) -> Result<(), Error> {
        let now = self.file(path).map_or(0, Vec::len);
        let more = length.saturating_sub(now) as u64;
        if let Some(Trouble::Full { bytes }) = self.trouble
            && more > 0
            && self.grown + more > bytes
        {
            self.struck = true;
            return Err(Error::new(ErrorKind::WriteZero, "drill: the disk is full"));
        }
        self.grown += more;
        Ok(())
    }
}

impl Vfs for Files {
    type Handle = Handle;

    fn open(&self, path: &str, options: OpenOptions) -> Result<Handle, Error> {
        let mut state = lock(&self.0);
        state.begin(Operation::Open)?;
        if state.file(path).is_none() {
            if !matches!(options.access, OpenAccess::Create | OpenAccess::CreateNew) {
                return Err(ErrorKind::NotFound.into());
            }
            state.change(path, Change::Create);
        }
        Ok(Handle {
            path: path.to_owned(),
            disk: Arc::clone(&self.0),
        })
    }

    fn delete(&self, path: &str) -> Result<(), Error> {
        let mut state = lock(&self.0);
        if state.file(path).is_none() {
            return Err(ErrorKind::NotFound.into());
        }
        state.begin(Operation::Delete)?;
        state.change(path, Change::Delete);
        state.end(Operation::Delete)
    }

    fn exists(&self, path: &str) -> Result<bool, Error> {
        let state = lock(&self.0);
        if state.off {
            return Err(failed("the disk is off"));
        }
        Ok(state.file(path).is_some())
    }

    fn temporary_name(&self) -> String {
        "temporary".to_owned()
    }

    fn random(&self, buffer: &mut [i8]) {
        buffer.fill(7);
    }

    fn sleep(&self, duration: Duration) -> Duration {
        duration
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = WalDisabled;

    fn size(&self) -> Result<u64, Error> {
        let state = lock(&self.disk);
        if state.off {
            return Err(failed("the disk is off"));
        }
        Ok(state.file(&self.path).map_or(0, Vec::len) as u64)
    }

    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        let mut state = lock(&self.disk);
        state.begin(Operation::Read)?;
        let content = state.file(&self.path).map_or(&[][..], Vec::as_slice);
        let rest = content.get(offset as usize..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        // SQLite wants the missing part filled with zeros.
        buffer[length..].fill(0);
        if length < buffer.len() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), Error> {
        let mut state = lock(&self.disk);
        state.begin(Operation::Write)?;
        let offset = offset as usize;
        state.make_room(&self.path, offset + bytes.len())?;
        let short = matches!(state.trouble, Some(Trouble::ShortWrite { number })
            if number == state.counts[Operation::Write as usize]);
        let written = if short { bytes.len() / 2 } else { bytes.len() };
        let change = Change::Write {
            offset,
            bytes: bytes[..written].to_vec(),
        };
        state.change(&self.path, change);
        if short {
            state.struck = true;
            return Err(failed("this write is short"));
        }
        state.end(Operation::Write)
    }

    fn sync(&mut self, _data_only: bool) -> Result<(), Error> {
        let mut state = lock(&self.disk);
        if let Err(error) = state.begin(Operation::Sync) {
            if !state.off {
                state.forget(&self.path);
            }
            return Err(error);
        }
        if state.trouble == Some(Trouble::LyingSync) {
            state.struck = true;
        } else {
            state.save(&self.path);
        }
        state.end(Operation::Sync)
    }

    fn set_len(&mut self, size: u64) -> Result<(), Error> {
        let mut state = lock(&self.disk);
        state.begin(Operation::Truncate)?;
        state.make_room(&self.path, size as usize)?;
        state.change(&self.path, Change::Resize(size as usize));
        state.end(Operation::Truncate)
    }

    fn lock(&mut self, _kind: LockKind) -> Result<bool, Error> {
        // One connection at a time uses a disk.
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool, Error> {
        Ok(false)
    }

    fn current_lock(&self) -> Result<LockKind, Error> {
        Ok(LockKind::None)
    }

    fn wal_index(&self, _readonly: bool) -> Result<WalDisabled, Error> {
        Ok(WalDisabled)
    }
}
