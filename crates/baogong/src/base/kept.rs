//! What many look at at once is made once. Where residents crowd in, the processors belong to them: a result that took long
//! to make is shown again for a while instead of being made anew for each who asks, and is renewed while nobody waits.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use store::Tx;

use super::{App, Result};

/// Commands that wait from which on there is a crowd.
const CROWD: u64 = 32;
/// A result is good for so many times as long as it took to make, so that making it takes a tenth of one processor at most.
const TIMES: u32 = 10;
/// In a crowd nobody is shown what is older than this.
const OLDEST: Duration = Duration::from_secs(60);

/// Results by what they show.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<String, Arc<Place>>>);

#[derive(Default)]
struct Place {
    showing: Mutex<Option<Showing>>,
    /// Held by whoever makes it anew.
    making: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Showing {
    /// When making it began: later changes may not be in it.
    made: Instant,
    took: Duration,
    value: Arc<dyn Any + Send + Sync>,
}

impl Place {
    fn is_fresh(&self) -> bool {
        let showing = self.showing.lock().unwrap_or_else(PoisonError::into_inner);
        showing
            .as_ref()
            .is_some_and(|showing| showing.made.elapsed() < OLDEST)
    }

    fn shown<T: Send + Sync + 'static>(&self) -> Option<(Showing, Arc<T>)> {
        let showing = self.showing.lock().unwrap_or_else(PoisonError::into_inner);
        let showing = showing.clone()?;
        let value = Arc::clone(&showing.value).downcast::<T>().ok()?;
        Some((showing, value))
    }

    async fn make<T, F>(&self, app: &App, look: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    {
        let begun = Instant::now();
        let value = Arc::new(app.read(look).await?);
        let mut showing = self.showing.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever began later has seen more.
        if showing.as_ref().is_none_or(|other| other.made < begun) {
            *showing = Some(Showing {
                made: begun,
                took: begun.elapsed(),
                value: value.clone(),
            });
        }
        Ok(value)
    }
}

impl App {
    /// What `look` reads, or in a crowd what it read a moment ago. In a crowd only the first who asks waits for it; to
    /// those who come later the last result is shown, and renewed behind their backs when it is no longer good. `key` says
    /// all that the result depends on.
    pub async fn made_once<T, F>(&self, key: &str, look: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    {
        let place = self.place(key);
        if self.db.counters().writes_waiting < CROWD {
            return place.make(self, look).await;
        }
        let Some((showing, value)) = place
            .shown::<T>()
            .filter(|(showing, _)| showing.made.elapsed() < OLDEST)
        else {
            return self.waited_for(&place, OLDEST, look).await;
        };
        if showing.made.elapsed() > showing.took * TIMES {
            let app = self.clone();
            tokio::spawn(async move {
                // Whoever else makes it now spares us the work.
                if let Ok(_making) = place.making.try_lock()
                    && let Err(error) = place.make(&app, look).await
                {
                    tracing::warn!(%error, "what is shown in a crowd could not be renewed");
                }
            });
        }
        Ok(value)
    }

    /// What `look` reads, or what it read within the last `good_for`, unless [`App::forget`] was called since.
    pub async fn remembered<T, F>(&self, key: &str, good_for: Duration, look: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.waited_for(&self.place(key), good_for, look).await
    }

    /// Lets go of what is remembered under a key.
    pub fn forget(&self, key: &str) {
        let mut places = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.remove(key);
    }

    fn place(&self, key: &str) -> Arc<Place> {
        let mut places = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(key) {
            return Arc::clone(place);
        }
        // What nobody will be shown any more makes room, so that keys which visitors invent do not pile up.
        places.retain(|_, place| Arc::strong_count(place) > 1 || place.is_fresh());
        Arc::clone(places.entry(key.to_string()).or_default())
    }

    async fn waited_for<T, F>(&self, place: &Place, good_for: Duration, look: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    {
        let good = || {
            let shown = place.shown::<T>();
            shown.filter(|(showing, _)| showing.made.elapsed() < good_for)
        };
        if let Some((_, value)) = good() {
            return Ok(value);
        }
        let _making = place.making.lock().await;
        // Somebody else may have made it while we waited.
        match good() {
            Some((_, value)) => Ok(value),
            None => place.make(self, look).await,
        }
    }
}
