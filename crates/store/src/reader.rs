//! The readers: a few threads with a connection each, which never wait for the writer.

use std::sync::{Arc, Mutex, PoisonError, mpsc::Receiver};

use crate::{
    Fault,
    job::{Message, ReadJob},
    session::Session,
    state::{Counted, State},
    target::Target,
};

/// Serves read closures until told to stop. The connection is made when it is first needed.
pub(crate) fn run(target: &Target, queue: &Mutex<Receiver<Message<ReadJob>>>, state: &Arc<State>) {
    let mut session = None;
    loop {
        let message = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Message::Job(job)) = message else { return };
        let _busy = Counted::new(state, |state| &state.readers_busy);
        match begin(target, &mut session) {
            Ok(session) => {
                job(Ok(session));
                session.rollback();
            }
            Err(fault) => {
                session = None;
                job(Err(fault));
            }
        }
    }
}

fn begin<'s>(target: &Target, session: &'s mut Option<Session>) -> Result<&'s mut Session, Fault> {
    let session = match session {
        Some(session) => session,
        None => session.insert(Session::open_reader(target)?),
    };
    session.begin_read()?;
    Ok(session)
}
