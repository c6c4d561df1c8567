//! A real server on each database, and a small browser.

use std::collections::HashMap;
use std::net::SocketAddr;

use baogong::base::people::{self, UserDraft};
use baogong::base::{Actor, App, Ctx, Result, audit, book};
use baogong::register::entry::{self, Entry, Query};
use baogong::register::import::{self, Applying, BatchRef, Upload};
use baogong::round::ballot;
use baogong::simulate::Size;
use baogong::web::routes;
use baogong::{MIGRATIONS, coverage, demo};
use store::testing::Guard;

/// A server on a fresh database.
pub struct Server {
    pub name: String,
    pub app: App,
    pub address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
    _guard: Guard,
}

/// Starts a server on each database at hand.
pub fn servers() -> Vec<Server> {
    store::testing::databases(MIGRATIONS)
        .into_iter()
        .map(|(name, db, guard)| {
            let app = App::new(db);
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let listener = runtime
                .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
                .unwrap();
            let address = listener.local_addr().unwrap();
            let router = routes::router(&app);
            runtime.spawn(async move { axum::serve(listener, router).await });
            Server {
                name: name.to_string(),
                app,
                address,
                _runtime: runtime,
                _guard: guard,
            }
        })
        .collect()
}

/// Starts a server with the small demo county on each database at hand.
pub fn demo_servers() -> Vec<Server> {
    let servers = servers();
    for server in &servers {
        server.app.db.write_blocking(demo::found).unwrap();
        let households = demo::load_all(&server.app, Size::Small, demo::SEED).unwrap();
        assert!(households >= 2_000, "{}: {households} households", server.name);
        server.app.set_progress(None);
    }
    servers
}

impl Server {
    /// Reads the store.
    pub fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut store::Tx) -> Result<T> + Send + 'static,
    ) -> T {
        self.app.db.read_blocking(look).unwrap()
    }

    /// Entries of a register in an area.
    pub fn entries(&self, register: &str, area: &str) -> Vec<Entry> {
        let (register, area) = (register.to_string(), area.to_string());
        self.read(move |tx| entry::all(tx, &register, &area))
    }

    /// Counts the entries of a register.
    pub fn count(&self, register: &str) -> i64 {
        let register = register.to_string();
        self.read(move |tx| {
            Ok(entry::count(
                tx,
                &Query {
                    register: &register,
                    area: demo::DISTRICT,
                    ..Query::default()
                },
            )?
            .0)
        })
    }

    /// What `baogong check` finds.
    pub fn findings(&self) -> Vec<String> {
        let mut findings = self.app.db.integrity().unwrap();
        findings.extend(self.read(|tx| {
            let mut findings = book::verify(tx)?;
            findings.extend(coverage::verify(tx)?);
            findings.extend(ballot::verify(tx)?);
            findings.extend(audit::verify(tx)?);
            Ok(findings)
        }));
        findings
    }

    /// A user of a role, signed in.
    pub fn user(&self, login: &str, role: &str, area: &str, supplier: &str) -> Browser {
        let draft = UserDraft {
            login: login.into(),
            name: login.into(),
            role: role.into(),
            area: area.into(),
            supplier: supplier.into(),
            ..UserDraft::default()
        };
        let ctx = Ctx::system(&self.app.clock);
        let now_s = ctx.now_s;
        let secret = self
            .app
            .db
            .write_blocking(move |tx| -> Result<String> {
                let id = people::save(tx, &ctx, &draft)?;
                people::open_session(tx, id, now_s)
            })
            .unwrap();
        self.browser(Some(secret))
    }

    /// A demo user, signed in without the form.
    pub fn demo_user(&self, login: &str) -> Browser {
        let login = login.to_string();
        let now_s = self.app.clock.now_s();
        let secret = self
            .app
            .db
            .write_blocking(move |tx| -> Result<String> {
                let (user, _) = people::by_login(tx, &login)?.unwrap();
                people::open_session(tx, user.id, now_s)
            })
            .unwrap();
        self.browser(Some(secret))
    }

    /// A browser, with or without a session.
    pub fn browser(&self, session: Option<String>) -> Browser {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        let mut browser = Browser {
            agent,
            base: format!("http://{}", self.address),
            cookies: HashMap::new(),
            token: String::new(),
        };
        if let Some(session) = session {
            browser.cookies.insert("session".into(), session);
            let page = browser.get("/");
            assert_eq!(page.status, 200, "{}", page.body);
            browser.token = page.between("name=\"token\" value=\"", "\"").unwrap_or_default();
            assert!(!browser.token.is_empty(), "no form token on the home page");
        }
        browser
    }

    /// Brings a file into the registers as the command line does; gives the preview's errors instead of applying.
    pub fn import(
        &self,
        file_name: &str,
        bytes: Vec<u8>,
    ) -> std::result::Result<import::Summary, Vec<documents::sheet::CellError>> {
        let reading = import::read_file(file_name, &bytes).unwrap();
        let preview =
            self.read(move |tx| import::preview(tx, &Actor::system(), demo::DISTRICT, &reading, &[]));
        if !preview.errors.is_empty() {
            return Err(preview.errors);
        }
        let upload = Upload::new(demo::DISTRICT, file_name, bytes);
        let ctx = Ctx::system(&self.app.clock);
        let summary = self.app.db.write_blocking(move |tx| -> Result<import::Summary> {
            let at = BatchRef {
                district: demo::DISTRICT.into(),
                id: import::keep(tx, &ctx, &upload)?,
            };
            let applying = Applying::stored(tx, &ctx.actor, at)?;
            import::apply(tx, &ctx.sub("apply"), &applying)
        });
        Ok(summary.unwrap())
    }
}

/// A browser with cookies and no script.
pub struct Browser {
    agent: ureq::Agent,
    base: String,
    pub cookies: HashMap<String, String>,
    pub token: String,
}

/// An answer.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Page {
    /// The text between two marks.
    pub fn between(&self, start: &str, end: &str) -> Option<String> {
        let from = self.body.find(start)? + start.len();
        let length = self.body[from..].find(end)?;
        Some(self.body[from..from + length].to_string())
    }

    /// The page must show this.
    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        assert!(
            self.body.contains(words),
            "the page does not show {words:?}:\n{}",
            self.text()
        );
        self
    }

    /// The page without tags.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for character in self.body.chars() {
            match character {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                _ if !inside => text.push(character),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Browser {
    fn cookie_line(&self) -> String {
        self.cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn answer(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Page {
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap_or("");
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let location = response
            .headers()
            .get("location")
            .map_or(String::new(), |value| value.to_str().unwrap().to_string());
        let status = response.status().as_u16();
        let bytes = response
            .body_mut()
            .with_config()
            .limit(100 << 20)
            .read_to_vec()
            .unwrap();
        Page {
            status,
            location,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Page {
        let response = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("cookie", self.cookie_line())
            .call()
            .unwrap();
        self.answer(response)
    }

    /// Opens a page that must be there.
    #[track_caller]
    pub fn open(&mut self, path: &str) -> Page {
        let page = self.get(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page
    }

    /// Sends a form as it is.
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        form.push(("token".into(), self.token.clone()));
        if !fields.iter().any(|(name, _)| *name == "command") {
            form.push(("command".into(), uuid::Uuid::new_v4().to_string()));
        }
        let response = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie_line())
            .header("referer", format!("{}/", self.base))
            .send_form(form)
            .unwrap();
        self.answer(response)
    }

    /// Sends a form that must succeed, and opens the page that it leads to.
    #[track_caller]
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let sent = self.send(path, fields);
        assert_eq!(sent.status, 303, "{path}: {}", sent.text());
        self.open(&sent.location)
    }

    /// Sends a form with a file.
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], file_name: &str, bytes: &[u8]) -> Page {
        let mark = "----------------------------baogong";
        let mut body = Vec::new();
        let token = self.token.clone();
        let command = uuid::Uuid::new_v4().to_string();
        for (name, value) in fields
            .iter()
            .copied()
            .chain([("token", token.as_str()), ("command", command.as_str())])
        {
            body.extend_from_slice(
                format!("--{mark}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!("--{mark}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\ncontent-type: application/octet-stream\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        let response = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie_line())
            .header("content-type", format!("multipart/form-data; boundary={mark}"))
            .send(&body[..])
            .unwrap();
        self.answer(response)
    }
}
