//! Files that come in: read at once when they are short, else by a job whose page says how far it is and reloads itself,
//! also without scripts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use documents::sheet::Progress;
use kit::{Icon, Lang, Tone, html};
use uuid::Uuid;

use super::super::super::Answer;
use super::super::super::fields::{Fields, File};
use super::super::super::request::Web;
use super::super::guard;
use super::super::reports::{blocking, queued};
use crate::base::act::Act;
use crate::base::words::count;
use crate::base::{Action, Ctx, Error, Refusal, Result};
use crate::register::import::{self, Upload, mapping};

static KEEP: Act = Act::new("register.upload", Action::ImportRegister);

/// Files that together have fewer bytes are read while the browser waits: about two seconds of reading.
const SHORT_BYTES: usize = 2 * 1024 * 1024;
/// Jobs remembered at most; the oldest that have ended go first.
const JOBS_MAX: usize = 200;
/// After so many seconds the page of a job looks again.
const LOOK_AGAIN_S: &str = "2";

/// How a job ended: where its result stands, or why there is none.
type End = std::result::Result<String, Refusal>;

/// A job that reads files.
#[derive(Debug, Default)]
struct Job {
    /// Whose it is.
    owner: String,
    /// The file that is being read.
    file: String,
    rows: usize,
    errors: usize,
    /// Whether it is past reading, and compares with what is registered.
    comparing: bool,
    stopped: bool,
    end: Option<End>,
}

type Shared = Arc<Mutex<Job>>;

/// The jobs of this process, in the order of their ids, which begin with their time.
fn jobs() -> &'static Mutex<HashMap<Uuid, Shared>> {
    static JOBS: OnceLock<Mutex<HashMap<Uuid, Shared>>> = OnceLock::new();
    JOBS.get_or_init(Mutex::default)
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter(job: Job) -> (Uuid, Shared) {
    let (id, shared) = (Uuid::now_v7(), Arc::new(Mutex::new(job)));
    let mut jobs = held(jobs());
    if jobs.len() >= JOBS_MAX {
        let mut ended: Vec<Uuid> = jobs
            .iter()
            .filter(|(_, job)| held(job).end.is_some())
            .map(|(id, _)| *id)
            .collect();
        ended.sort_unstable();
        ended.truncate(JOBS_MAX / 2);
        jobs.retain(|id, _| !ended.contains(id));
    }
    jobs.insert(id, Arc::clone(&shared));
    (id, shared)
}

/// Reads a file and finds out what it would do; a refusal names the file.
async fn check(web: &Web, file: File, job: &Shared, long: bool) -> Result<Upload> {
    let (in_district, actor) = (web.district()?, web.actor()?);
    let (of, area) = (in_district.clone(), actor.area.clone());
    let mappings = web.app.read(move |tx| mapping::mappings(tx, &of, &area)).await?;
    let (name, watched) = (file.name.clone(), Arc::clone(job));
    {
        let mut job = held(job);
        (job.file, job.rows, job.comparing) = (file.name.clone(), 0, false);
    }
    let read = move || {
        let reading =
            import::read_watched(&file.name, &file.bytes, &mappings, &mut |progress: &Progress| {
                let mut job = held(&watched);
                (job.rows, job.errors) = (progress.rows, progress.errors);
                !job.stopped
            })?;
        Ok((reading, Upload::new(&in_district, &file.name, file.bytes)))
    };
    // Somebody waits for a short file; a long one takes its turn.
    let read = if long {
        queued(read).await
    } else {
        blocking(read).await
    };
    let (reading, upload) = read.map_err(|error| match error {
        Error::Refusal(mut refusal) => {
            refusal.zh = format!("{name}：{}", refusal.zh);
            refusal.en = format!("{name}: {}", refusal.en);
            Error::Refusal(refusal)
        }
        fault => fault,
    })?;
    held(job).comparing = true;
    web.app
        .read(move |tx| {
            let preview = import::preview(tx, &actor, upload.district(), &reading, &[])?;
            Ok(upload.checked(&reading, &preview))
        })
        .await
}

/// Reads every file before the first one is kept, so that a bad one is refused without work for the writer. Gives the address
/// that shows what came of it.
async fn bring_in(web: &Web, ctx: &Ctx, files: Vec<File>, job: &Shared, long: bool) -> Result<String> {
    let mut checked = Vec::with_capacity(files.len());
    for file in files {
        checked.push(check(web, file, job, long).await?);
    }
    let area = ctx.actor.area.clone();
    let mut ids = Vec::with_capacity(checked.len());
    for (place, upload) in checked.into_iter().enumerate() {
        let own = ctx.sub(&format!("file/{place}"));
        ids.push(web.app.act(&own, &KEEP, &area, upload, import::keep).await?);
    }
    Ok(match ids.as_slice() {
        [id] => format!("/imports/{id}"),
        _ => "/imports".to_string(),
    })
}

pub(super) async fn upload(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    if fields.files.is_empty() {
        return Err(Refusal::invalid("file", "请选择要导入的文件。", "Choose a file to import.").into());
    }
    let (ctx, files) = (web.ctx_for(fields.command())?, fields.files.clone());
    let (number, bytes) = (
        files.len(),
        files.iter().map(|file| file.bytes.len()).sum::<usize>(),
    );
    let job = Job {
        owner: ctx.actor.name.clone(),
        ..Job::default()
    };
    if bytes >= SHORT_BYTES {
        let (id, job) = enter(job);
        tokio::spawn(async move {
            let end = match bring_in(&web, &ctx, files, &job, true).await {
                Ok(to) => Ok(to),
                Err(Error::Refusal(refusal)) => Err(*refusal),
                Err(Error::Fault(fault)) => {
                    tracing::error!(%fault, "reading an import");
                    let zh = "系统出错，没有写入任何数据，请再试一次。";
                    Err(Refusal::conflict(
                        "fault",
                        zh,
                        "The system failed; nothing was written. Try again.",
                    ))
                }
            };
            held(&job).end = Some(end);
        });
        return Ok(see(&format!("/imports/reading/{id}")));
    }
    let to = bring_in(&web, &ctx, files, &Arc::new(Mutex::new(job)), false).await?;
    if number == 1 {
        return Ok(web.go(&to));
    }
    let words = match web.lang {
        Lang::Zh => format!("已上传{number}个文件。请按顺序逐个核对、导入。"),
        Lang::En => format!("{number} files uploaded. Check and import them in order."),
    };
    Ok(web.done(&to, &words))
}

/// Goes to another page, where the request itself has gone elsewhere.
fn see(to: &str) -> axum::response::Response {
    use axum::response::IntoResponse;
    axum::response::Redirect::to(to).into_response()
}

/// The job, if it is this user's; one that ended long ago, or ran on another node, is not known.
fn own(web: &Web, id: &str) -> Result<Shared> {
    let id: Uuid = id.parse().map_err(|_| Refusal::not_found("文件", "file"))?;
    let job = held(jobs()).get(&id).cloned();
    let name = web.actor()?.name;
    job.filter(|job| held(job).owner == name)
        .ok_or_else(|| Refusal::not_found("文件", "file").into())
}

pub(super) async fn progress(web: Web, Path(id): Path<String>) -> Answer {
    let job = own(&web, &id)?;
    let (file, rows, errors, comparing, end) = {
        let job = held(&job);
        (
            job.file.clone(),
            job.rows,
            job.errors,
            job.comparing,
            job.end.clone(),
        )
    };
    if let Some(Ok(to)) = &end {
        return Ok(web.go(to));
    }
    let title = web.t("正在读取", "Reading");
    let state = match (comparing, web.lang) {
        (true, Lang::Zh) => format!("已读完 {} 行，正在与现有登记比较。", count(rows as i64)),
        (true, Lang::En) => format!(
            "{} rows read; comparing with what is registered.",
            count(rows as i64)
        ),
        (false, Lang::Zh) => format!(
            "已读取 {} 行，发现 {} 处错误。",
            count(rows as i64),
            count(errors as i64)
        ),
        (false, Lang::En) => format!(
            "{} rows read, {} errors so far.",
            count(rows as i64),
            count(errors as i64)
        ),
    };
    let body = html! {
        (kit::crumbs(&[("/imports".into(), web.t("导入表格", "Import spreadsheets").into()), (String::new(), file.clone())]))
        @match &end {
            Some(Err(refusal)) => (kit::notice(Tone::Bad, web.t("没有导入", "Not imported"), html! {
                p { (web.words(refusal)) }
                (kit::link_button_with(Icon::Upload, "/imports", web.t("重新上传", "Upload again"), Tone::Accent))
            })),
            _ => (kit::section(&file, html! {
                p class="number" { strong { (state) } }
                p { (web.t("文件较大，要等一会儿。本页每2秒自动刷新；可以离开，读完后在“导入表格”里能找到。",
                    "The file is long. This page reloads every two seconds; you may leave it and find the file on the import page.")) }
                (kit::form(&format!("/imports/reading/{id}/stop"), &web.shell(""), kit::actions(kit::button(web.t("停止", "Stop"), Tone::Quiet))))
            })),
        }
    };
    let mut response = web.page(title, body);
    if end.is_none() {
        response
            .headers_mut()
            .insert(REFRESH, HeaderValue::from_static(LOOK_AGAIN_S));
    }
    Ok(response)
}

pub(super) async fn stop(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let job = own(&web, &id)?;
    held(&job).stopped = true;
    Ok(web.go(&format!("/imports/reading/{id}")))
}
