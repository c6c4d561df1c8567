//! Signing in with a password: the same way for pages and API. Guessing is slowed down, and checking a password
//! never takes more than two processors.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::base::{App, Ctx, Error, Fault, Refusal, RefusalKind, Result, audit, people};

/// Failures of one login name within [`WINDOW_S`] after which no further try is taken.
const FAILURES_MAX: usize = 5;
/// How long a failure counts.
const WINDOW_S: i64 = 15 * 60;
/// How long a sign-in waits for its turn to be checked before it is told that the server is busy.
const WAIT: Duration = Duration::from_secs(5);

/// Passwords that are checked at the same time; each check takes 19 MiB and some 20 ms of one processor.
static CHECKS: Semaphore = Semaphore::const_new(2);
/// Sign-ins that are under way or wait to be checked; more are told at once that the server is busy.
static SIGN_INS: Semaphore = Semaphore::const_new(64);
static FAILURES: LazyLock<Mutex<Failures>> = LazyLock::new(Mutex::default);

/// A well-formed hash that no password has: a name that does not exist takes as long as a wrong password, so that
/// names cannot be found out by the clock.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YmFvZ29uZ2Jhb2dvbmc$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The times of the latest failures by slot of a login name. Names are hashed to 65 536 slots, so that made-up names
/// cannot fill the memory; two names that share a slot share their failures.
#[derive(Default)]
struct Failures {
    by_slot: HashMap<u16, Vec<i64>>,
}

impl Failures {
    fn slot(login: &str) -> u16 {
        let hash = Sha256::digest(login.as_bytes());
        u16::from_be_bytes([hash[0], hash[1]])
    }

    /// Counts a try as failed until it succeeds; gives the time from which the next one is taken, if this is not.
    fn begin(&mut self, login: &str, now_s: i64) -> Option<i64> {
        let times = self.by_slot.entry(Self::slot(login)).or_default();
        times.retain(|at_s| *at_s > now_s - WINDOW_S);
        if times.len() >= FAILURES_MAX {
            return times.first().map(|first_s| first_s + WINDOW_S);
        }
        times.push(now_s);
        None
    }

    fn succeeded(&mut self, login: &str) {
        self.by_slot.remove(&Self::slot(login));
    }
}

fn failures() -> std::sync::MutexGuard<'static, Failures> {
    FAILURES.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Signs a user in by name and password and gives the secret of the new session.
///
/// Refuses with `credentials` when name or password is wrong (never saying which), and with `throttled` after five
/// failures of a name within 15 minutes, with the time from which it may be tried again.
pub async fn sign_in(app: &App, login: &str, password: &str) -> Result<String> {
    let login = login.trim().to_string();
    let now_s = app.clock.now_s();
    let barred_s = failures().begin(&login, now_s);
    if let Some(possible_s) = barred_s {
        let wait_min = (possible_s - now_s).max(0) / 60 + 1;
        return Err(Refusal::new(
            RefusalKind::Exhausted,
            "throttled",
            format!("登录失败次数过多，请{wait_min}分钟后再试，或请管理员重设密码。"),
            format!("Too many failed attempts; try again in {wait_min} minutes or ask your administrator for a new password."),
        )
        .possible_at(possible_s)
        .into());
    }
    let name = login.clone();
    let known = app.read(move |tx| people::by_login(tx, &name)).await?;
    let user = check(known, password).await?.ok_or_else(|| {
        tracing::warn!(slot = Failures::slot(&login), "sign-in failed");
        Refusal::new(
            RefusalKind::SignInNeeded,
            "credentials",
            "登录名或密码不正确，请重新输入。",
            "The sign-in name or the password is wrong; try again.",
        )
    })?;
    failures().succeeded(&login);
    let ctx = Ctx {
        actor: user.actor(),
        now_s,
        command: Uuid::now_v7(),
    };
    app.db
        .write(move |tx| {
            let secret = people::open_session(tx, user.id, now_s)?;
            // The record never holds the secret.
            audit::append(tx, &ctx, "session.open", &user.area, "{}")?;
            Ok(secret)
        })
        .await
}

/// The user whose password it is, if the user exists and may sign in.
async fn check(known: Option<(people::User, String)>, password: &str) -> Result<Option<people::User>> {
    let busy = || Error::Fault(Fault::Store(store::Fault::Busy));
    let _place = SIGN_INS.try_acquire().map_err(|_| busy())?;
    let permit = match tokio::time::timeout(WAIT, CHECKS.acquire()).await {
        Ok(Ok(permit)) => permit,
        Ok(Err(_)) | Err(_) => return Err(busy()),
    };
    let usable = known
        .as_ref()
        .map(|(user, hash)| (user.active, hash))
        .filter(|(active, hash)| *active && !hash.is_empty());
    let hash = usable.map_or_else(|| NOBODY.to_string(), |(_, hash)| hash.clone());
    let password = password.to_string();
    let right = tokio::task::spawn_blocking(move || {
        let _held = permit;
        people::password_matches(&password, &hash)
    })
    .await
    .map_err(|error| Fault::Invariant(format!("password check: {error}")))?;
    Ok(known.map(|(user, _)| user).filter(|user| right && user.active))
}

/// Ends the session with this secret; one that does not exist is no error.
pub async fn sign_out(app: &App, secret: &str) -> Result<()> {
    let secret = secret.to_string();
    app.db.write(move |tx| people::close_session(tx, &secret)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_within_the_window_is_refused_until_the_first_is_over() {
        let mut failures = Failures::default();
        for second in 0..5 {
            assert_eq!(failures.begin("wang", 1_000 + second), None);
        }
        assert_eq!(failures.begin("wang", 1_010), Some(1_000 + WINDOW_S));
        assert_eq!(failures.begin("wang", 1_000 + WINDOW_S), None);
        assert_eq!(failures.begin("wang", 1_000 + WINDOW_S), Some(1_001 + WINDOW_S));
    }

    #[test]
    fn success_and_other_names_are_not_held_up() {
        let mut failures = Failures::default();
        for _ in 0..5 {
            failures.begin("wang", 1_000);
        }
        assert_eq!(failures.begin("li", 1_000), None);
        failures.succeeded("wang");
        assert_eq!(failures.begin("wang", 1_001), None);
    }

    #[test]
    fn the_hash_of_nobody_is_checked_in_full_and_never_matches() {
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODY).is_ok());
        assert!(!people::password_matches("", NOBODY));
        assert!(!people::password_matches("password", NOBODY));
    }

    fn app() -> App {
        let db = store::Db::open("sqlite::memory:", crate::MIGRATIONS).unwrap();
        App::new(db)
    }

    #[tokio::test]
    async fn a_right_password_opens_a_session_and_a_wrong_one_says_nothing_of_the_name() {
        let app = app();
        let draft = people::UserDraft {
            login: "zhao".into(),
            name: "赵主任".into(),
            role: "headquarters".into(),
            area: "431023".into(),
            password: "correct horse".into(),
            ..people::UserDraft::default()
        };
        let ctx = Ctx::system(&app.clock);
        app.db
            .write(move |tx| people::save(tx, &ctx, &draft))
            .await
            .unwrap();
        let secret = sign_in(&app, " zhao ", "correct horse").await.unwrap();
        let now_s = app.clock.now_s();
        let kept = secret.clone();
        let user = app
            .read(move |tx| people::session_user(tx, &kept, now_s))
            .await
            .unwrap();
        assert_eq!(user.map(|user| user.name).as_deref(), Some("赵主任"));
        let words = |error: Error| error.to_string();
        let wrong = words(sign_in(&app, "zhao", "wrong horse").await.unwrap_err());
        let unknown = words(sign_in(&app, "nobody", "wrong horse").await.unwrap_err());
        assert_eq!(wrong, unknown);
        sign_out(&app, &secret).await.unwrap();
        let user = app
            .read(move |tx| people::session_user(tx, &secret, now_s))
            .await
            .unwrap();
        assert!(user.is_none());
    }
}
