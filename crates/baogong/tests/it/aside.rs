//! Changes that take long to compute: they hold nobody up, and act once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use baogong::base::access::Action;
use baogong::base::act::{Act, Aside};
use baogong::base::{Ctx, Error, Fault};
use baogong::web::serve::{set_setting, setting};

use crate::support::servers;

static COUNT: Act = Act::new("test.count", Action::Propose);

/// Whether somebody else has written since computing began.
static WRITTEN: AtomicBool = AtomicBool::new(false);
static COMPUTED: AtomicUsize = AtomicUsize::new(0);

/// Counts a setting up, for which it thinks until somebody else has written.
const STEPS: Aside<String, i64, i64, i64> = Aside {
    gather: |tx, _, name| Ok(setting(tx, name)?.map_or(0, |value| value.parse().unwrap())),
    compute: |_, _, before| {
        COMPUTED.fetch_add(1, Ordering::SeqCst);
        let begun = Instant::now();
        while !WRITTEN.load(Ordering::SeqCst) {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err(Fault::Invariant("computing keeps others from writing".into()).into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(before + 1)
    },
    keep: |tx, _, name, value| {
        set_setting(tx, name, &value.to_string())?;
        Ok(*value)
    },
};

/// YU-12: while a distribution is computed, orders and everything else go on.
#[test]
fn computing_holds_nobody_up_and_acts_once() {
    for server in servers() {
        WRITTEN.store(false, Ordering::SeqCst);
        COMPUTED.store(0, Ordering::SeqCst);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let app = &server.app;
        let ctx = Ctx::system(&app.clock);
        let count = |words: &str| app.act_aside(&ctx, &COUNT, "431023", words.to_string(), STEPS);
        runtime.block_on(async {
            let write = async {
                while COMPUTED.load(Ordering::SeqCst) == 0 {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                app.db.write(|tx| set_setting(tx, "else", "1")).await.unwrap();
                WRITTEN.store(true, Ordering::SeqCst);
            };
            let (counted, ()) = tokio::join!(count("number"), write);
            assert_eq!(counted.unwrap(), 1, "{}", server.name);
            assert_eq!(count("number").await.unwrap(), 1, "{}", server.name);
            assert_eq!(COMPUTED.load(Ordering::SeqCst), 1, "{}", server.name);
            let Err(Error::Refusal(refusal)) = count("other").await else {
                panic!("{}: the command acted on other content", server.name)
            };
            assert_eq!(refusal.code, "command_reused");
        });
    }
}
