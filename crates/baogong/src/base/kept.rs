//! What many look at at once is made once. Where residents crowd in, the processors belong to them: a result that took long
//! to make is shown again for a while instead of being made anew for each who asks.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{App, Result};

/// Commands that wait from which on there is a crowd.
const CROWD: u64 = 32;
/// A result is kept for so many times as long as it took to make, so that making it takes a tenth of one processor at most.
const TIMES: u32 = 10;

/// Results by what they show.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<String, Arc<Place>>>);

type Place = tokio::sync::Mutex<Option<Showing>>;

struct Showing {
    made: Instant,
    took: Duration,
    value: Arc<dyn Any + Send + Sync>,
}

impl App {
    /// What `make` makes, or in a crowd what it made a moment ago. Who asks while it is being made waits for that. `key` says
    /// all that the result depends on.
    pub async fn made_once<T: Send + Sync + 'static>(
        &self,
        key: &str,
        make: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        if self.db.counters().writes_waiting < CROWD {
            return make.await.map(Arc::new);
        }
        self.shown(key, |took| took * TIMES, make).await
    }

    /// What `make` makes, or what it made within the last `kept_for`, unless [`App::forget`] was called since.
    pub async fn remembered<T: Send + Sync + 'static>(
        &self,
        key: &str,
        kept_for: Duration,
        make: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        self.shown(key, |_| kept_for, make).await
    }

    /// Lets go of what is remembered under a key.
    pub fn forget(&self, key: &str) {
        let mut places = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.remove(key);
    }

    async fn shown<T: Send + Sync + 'static>(
        &self,
        key: &str,
        good_for: impl Fn(Duration) -> Duration,
        make: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        let place = {
            let mut places = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
            match places.get(key) {
                Some(place) => Arc::clone(place),
                None => Arc::clone(places.entry(key.to_string()).or_default()),
            }
        };
        let mut kept = place.lock().await;
        if let Some(kept) = &*kept
            && kept.made.elapsed() < good_for(kept.took)
            && let Ok(value) = Arc::clone(&kept.value).downcast::<T>()
        {
            return Ok(value);
        }
        let begun = Instant::now();
        let value = Arc::new(make.await?);
        *kept = Some(Showing {
            made: Instant::now(),
            took: begun.elapsed(),
            value: value.clone(),
        });
        Ok(value)
    }
}
