//! A small county and people who use its pages through the whole gate, for the tests of pages.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use uuid::Uuid;

use crate::base::id::BatchId;
use crate::base::people::{self, UserDraft};
use crate::base::{App, Ctx};
use crate::register::entry::{self, Change, Entry};
use crate::register::register;
use crate::web::routes::router;

/// The county.
pub const DISTRICT: &str = "431023";
/// The street of most entries.
pub const STREET: &str = "431023001";
/// A compound in that street.
pub const COMPOUND: &str = "431023001001-1";
/// A compound in another street.
pub const ELSEWHERE: &str = "431023002001-1";
/// A household with special needs in the compound.
pub const HOME: &str = "431023001001-1-3-2-501";
/// Its phone.
pub const PHONE: &str = "13812345678";

/// The application with its routes.
pub struct Town {
    /// The application.
    pub app: App,
    /// Its routes.
    pub router: Router,
}

/// A change that adds an entry.
pub fn new_entry(key: &str, code: &str, area: &str, body: Value) -> Change {
    let body = body.as_object().unwrap().clone();
    Change {
        before: None,
        after: Some(Entry::of(register(key).unwrap(), code.into(), area.into(), body)),
    }
}

/// An installation without anything.
pub fn empty() -> Town {
    let app = App::new(store::Db::open("sqlite::memory:", crate::MIGRATIONS).unwrap());
    let router = router(&app);
    Town { app, router }
}

/// Two streets with a compound each, households, a supplier with a pack, and a volunteer.
pub async fn town() -> Town {
    let town = empty();
    let area = |code: &str, name: &str, level: &str| {
        new_entry(
            "areas",
            code,
            code,
            json!({"code": code, "name": name, "level": level}),
        )
    };
    let household = |compound: &str, room: &str, mut body: Value| {
        let fields = body.as_object_mut().unwrap();
        fields.insert("building".into(), "3".into());
        fields.insert("unit".into(), "2".into());
        fields.insert("room".into(), room.into());
        new_entry("households", &format!("{compound}-3-2-{room}"), compound, body)
    };
    let pack = json!({
        "supplier": "S001", "code": "V", "name": "蔬菜包", "price_fen": 3000, "weight_g": 5000,
        "contents": [{"name": "白菜", "category": "vegetables", "weight_g": 5000}]
    });
    let changes = vec![
        area(DISTRICT, "永兴县", "county"),
        area(STREET, "便江街道", "street"),
        area("431023001001", "干劲社区", "community"),
        area("431023002", "马田镇", "street"),
        area("431023002001", "邝家社区", "community"),
        new_entry(
            "compounds",
            COMPOUND,
            "431023001001",
            json!({"compound": "幸福里", "community": "干劲社区", "households": 3}),
        ),
        new_entry(
            "compounds",
            ELSEWHERE,
            "431023002001",
            json!({"compound": "和平苑", "community": "邝家社区"}),
        ),
        household(
            COMPOUND,
            "501",
            json!({"compound": "幸福里", "head": "张小明", "phone": PHONE, "members": 3, "needs": ["dialysis"]}),
        ),
        household(
            COMPOUND,
            "502",
            json!({"compound": "幸福里", "head": "李大海", "phone": "13900001111", "members": 2}),
        ),
        household(
            ELSEWHERE,
            "101",
            json!({"compound": "和平苑", "head": "王芳", "phone": "13700002222", "members": 1}),
        ),
        new_entry("suppliers", "S001", DISTRICT, json!({"name": "惠民超市"})),
        new_entry("goods", "S001/V", DISTRICT, pack),
        new_entry(
            "volunteers",
            "V001",
            COMPOUND,
            json!({"name": "欧阳小红", "phone": "13600003333", "compound": "幸福里"}),
        ),
    ];
    let ctx = Ctx::system(&town.app.clock);
    town.app
        .db
        .write(move |tx| entry::write(tx, &ctx, BatchId::fresh(), &changes))
        .await
        .unwrap();
    town
}

/// What came back.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The text.
    pub text: String,
    /// The bytes, for files.
    pub bytes: Vec<u8>,
    /// Where it leads.
    pub location: String,
    /// The cookies that it sets, as `name=value`.
    pub cookies: Vec<String>,
}

impl Page {
    /// Fails unless the page came and holds `words`.
    pub fn holds(&self, words: &str) -> &Self {
        assert!(
            self.text.contains(words),
            "{words} not in {} {}",
            self.status,
            self.text
        );
        self
    }

    /// Fails if the page holds `words`.
    pub fn lacks(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "{words} in {}", self.text);
        self
    }
}

/// Somebody at a browser.
pub struct Client {
    router: Router,
    /// The secret of the session; empty without one.
    pub secret: String,
}

impl Town {
    /// A signed-in user of a role in an area.
    pub async fn client(&self, role: &str, area: &str) -> Client {
        let supplier = if role == "supplier" { "S001" } else { "" };
        let draft = UserDraft {
            login: format!("{role}-{area}"),
            name: format!("{role}-{area}"),
            role: role.into(),
            area: area.into(),
            supplier: supplier.into(),
            ..UserDraft::default()
        };
        let ctx = Ctx::system(&self.app.clock);
        let opened: crate::base::Result<String> = self
            .app
            .db
            .write(move |tx| {
                let user = people::save(tx, &ctx.sub(&draft.login), &draft)?;
                people::open_session(tx, user, ctx.now_s)
            })
            .await;
        Client {
            router: self.router.clone(),
            secret: opened.unwrap(),
        }
    }

    /// Somebody who is not signed in.
    pub fn guest(&self) -> Client {
        Client {
            router: self.router.clone(),
            secret: String::new(),
        }
    }

    /// Every audit record's act and detail.
    pub async fn records(&self) -> Vec<(String, String)> {
        let records = self
            .app
            .read(|tx| crate::base::audit::page(tx, "", "", 1_000, 0))
            .await
            .unwrap();
        records
            .into_iter()
            .map(|record| (record.action, record.detail))
            .collect()
    }
}

impl Client {
    async fn send(&self, mut request: axum::http::request::Builder, body: Body) -> Page {
        request = request
            .header(COOKIE, format!("session={}; lang=zh", self.secret))
            .header("host", "bg.test");
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let text_of = |name| {
            let values = parts.headers.get_all(name);
            values
                .iter()
                .map(|value| value.to_str().unwrap().to_string())
                .collect::<Vec<_>>()
        };
        let cookies = text_of(SET_COOKIE)
            .iter()
            .map(|line| line.split(';').next().unwrap().to_string())
            .collect();
        let bytes = to_bytes(body, 1 << 26).await.unwrap().to_vec();
        Page {
            status: parts.status,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
            location: text_of(LOCATION).concat(),
            cookies,
        }
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    fn token(&self) -> String {
        let hash = Sha256::digest(format!("form/{}", self.secret).as_bytes());
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Sends a form under a fresh command.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_as(path, &Uuid::now_v7().to_string(), fields).await
    }

    /// Sends a form under a command.
    pub async fn post_as(&self, path: &str, command: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", &self.token())
            .append_pair("command", command);
        form.extend_pairs(fields);
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.finish())).await
    }

    /// Sends files.
    pub async fn upload(&self, path: &str, files: &[(&str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, value) in [("token", self.token()), ("command", Uuid::now_v7().to_string())] {
            body.extend_from_slice(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        for (name, bytes) in files {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request = Request::post(path).header("content-type", "multipart/form-data; boundary=edge");
        self.send(request, Body::from(body)).await
    }
}
