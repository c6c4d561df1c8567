//! The demo: a synthetic county in the spreadsheets that an office has, loaded through the same import as anybody's,
//! and one user of each role.

use store::Tx;
use uuid::Uuid;

use crate::base::act::{Act, once};
use crate::base::clock;
use crate::base::people::{self, UserDraft};
use crate::base::{Action, App, Ctx, Error, Fault, Result, Role};
use crate::register::entry;
use crate::register::import::{self, Applying, BatchRef, Upload};
use crate::simulate::{self, DemoFile, Size};
use crate::web::serve::set_setting;

/// The seed of the county that is shown.
pub const SEED: u64 = 431_023;
/// The password of every demo user.
pub const PASSWORD: &str = "baogong-demo";
/// Yongxing county.
pub const DISTRICT: &str = "431023";

static IMPORT: Act = Act::new("register.import", Action::ImportRegister);
static APPLY: Act = Act::new("register.apply", Action::ImportRegister);
static USER: Act = Act::new("user.save", Action::ManageUsers);

/// The users of the demo: (login, name, role, area). The street and the compound are in the county seat.
const USERS: &[(&str, &str, Role, &str)] = &[
    ("admin", "系统管理员 演示", Role::Administrator, DISTRICT),
    ("zhihui", "县指挥部 演示", Role::Headquarters, DISTRICT),
    ("jiedao", "便江街道 演示", Role::Office, "431023001"),
    ("lianluo", "采购联络人 演示", Role::Liaison, "431023001001"),
    ("chaoshi", "保供单位 演示", Role::Supplier, DISTRICT),
    ("siji", "驾驶员 演示", Role::Driver, DISTRICT),
    ("zhiyuan", "志愿者 演示", Role::Volunteer, "431023001001"),
    ("ducha", "监督检查 演示", Role::Supervisor, DISTRICT),
];

/// The spreadsheets of the county, with market reports up to the day of `now_s`.
pub fn files(size: Size, seed: u64, now_s: i64) -> Result<Vec<DemoFile>> {
    simulate::county(size, seed, clock::zoned(now_s).date())
        .map_err(|words| Error::Fault(Fault::Document(words)))
}

/// Names the county and makes one user of each role.
pub fn found(tx: &mut Tx) -> Result<()> {
    let now_s = crate::base::clock::Clock::default().now_s();
    set_setting(tx, "site", "永兴县")?;
    set_setting(tx, "demo", "1")?;
    for (login, name, role, area) in USERS {
        let ctx = Ctx {
            actor: crate::base::Actor::system(),
            now_s,
            command: Uuid::new_v5(&Uuid::NAMESPACE_OID, login.as_bytes()),
        };
        let draft = UserDraft {
            login: (*login).to_string(),
            name: (*name).to_string(),
            role: role.key().to_string(),
            area: (*area).to_string(),
            supplier: if *role == Role::Supplier {
                "S001".into()
            } else {
                String::new()
            },
            password: PASSWORD.to_string(),
            ..UserDraft::default()
        };
        once(tx, &ctx, &USER, DISTRICT, &draft, people::save)?;
    }
    Ok(())
}

/// A fresh sign-in link for each user: (who, secret).
pub fn links(tx: &mut Tx, now_s: i64) -> Result<Vec<(String, String)>> {
    let mut links = Vec::new();
    for user in people::list(tx)? {
        let words = format!(
            "{} ({}) · {}",
            user.role.word(kit::Lang::Zh),
            user.role.word(kit::Lang::En),
            user.login
        );
        links.push((words, people::make_link(tx, Some(user.id), now_s)?));
    }
    Ok(links)
}

/// Imports the county while the server runs, saying how far it is.
pub fn load(app: &App, size: Size, seed: u64) {
    let begun = std::time::Instant::now();
    match load_all(app, size, seed) {
        Ok(households) => {
            tracing::info!(
                households,
                seconds = begun.elapsed().as_secs(),
                "demo county loaded"
            );
        }
        Err(error) => tracing::error!(%error, "the demo county could not be loaded"),
    }
    app.set_progress(None);
}

/// Imports the county. Gives the number of households.
pub fn load_all(app: &App, size: Size, seed: u64) -> Result<i64> {
    app.set_progress(Some(("正在生成演示县 / making the demo county".into(), 0)));
    let files = files(size, seed, app.clock.now_s())?;
    let total = files.len();
    for (index, file) in files.into_iter().enumerate() {
        let per_cent = u8::try_from((index + 1) * 100 / (total + 1)).unwrap_or(99);
        app.set_progress(Some((format!("正在导入 {} / importing", file.name), per_cent)));
        let upload = Upload::new(DISTRICT, &file.name, file.bytes);
        let ctx = Ctx::system(&app.clock);
        app.db.write_blocking(move |tx| {
            let id = once(tx, &ctx, &IMPORT, DISTRICT, &upload, import::keep)?;
            let at = BatchRef {
                district: DISTRICT.into(),
                id,
            };
            let applying = Applying::stored(tx, &ctx.actor, at)?;
            once(tx, &ctx.sub("apply"), &APPLY, DISTRICT, &applying, import::apply)
        })?;
    }
    app.db.read_blocking(|tx| {
        let query = entry::Query {
            register: "households",
            area: DISTRICT,
            ..entry::Query::default()
        };
        Ok(entry::count(tx, &query)?.0)
    })
}
