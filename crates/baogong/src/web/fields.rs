//! The fields of a submitted form, with or without files.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use uuid::Uuid;

use super::gate::refuse;
use crate::base::Refusal;

/// A file that came with a form.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name on the user's machine.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Fields in the order in which they came; a name may come several times.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// (name, value).
    pub list: Vec<(String, String)>,
    /// The files.
    pub files: Vec<File>,
}

impl Fields {
    /// The first value of a field, without blanks around it; empty when it did not come.
    pub fn get(&self, name: &str) -> &str {
        self.list
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field that is not empty.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.list
            .iter()
            .filter(|(field, value)| field == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim().to_string())
            .collect()
    }

    /// The fields whose name begins with `prefix`, with what follows it: (rest of the name, value).
    pub fn after(&self, prefix: &str) -> Vec<(String, String)> {
        self.list
            .iter()
            .filter_map(|(field, value)| {
                Some((field.strip_prefix(prefix)?.to_string(), value.trim().to_string()))
            })
            .collect()
    }

    /// A whole number; an empty field is `None`.
    pub fn number(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let text = documents::values::fold_width(self.get(name)).into_owned();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            Refusal::invalid(
                name,
                format!("“{text}”不是整数。"),
                format!("{text} is not a whole number."),
            )
        })
    }

    /// An id of any kind.
    pub fn id<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, Refusal> {
        self.get(name).parse().map_err(|_| {
            Refusal::invalid(
                name,
                "编号不完整，请刷新页面。",
                "The id is incomplete; reload the page.",
            )
        })
    }

    /// The client-made command id, or a fresh one for a form that has none.
    pub fn command(&self) -> Uuid {
        Uuid::parse_str(self.get("command")).unwrap_or_else(|_| Uuid::now_v7())
    }

    /// Reads a URL-encoded text.
    pub fn of_query(text: &str) -> Self {
        let list = form_urlencoded::parse(text.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self {
            list: list.collect(),
            files: Vec::new(),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let unreadable = || {
            refuse(Refusal::invalid(
                "body",
                "提交的内容无法读取，请重试。",
                "The form could not be read; try again.",
            ))
        };
        let multipart = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("multipart/form-data"));
        if !multipart {
            let bytes = Bytes::from_request(request, state)
                .await
                .map_err(|_| unreadable())?;
            return Ok(Self::of_query(&String::from_utf8_lossy(&bytes)));
        }
        let mut fields = Self::default();
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|_| unreadable())?;
        while let Some(part) = form.next_field().await.map_err(|_| unreadable())? {
            let name = part.name().unwrap_or("").to_string();
            match part.file_name().map(str::to_string) {
                Some(file_name) => {
                    let bytes = part.bytes().await.map_err(|_| unreadable())?.to_vec();
                    if !file_name.is_empty() && !bytes.is_empty() {
                        fields.files.push(File {
                            name: file_name,
                            bytes,
                        });
                    }
                }
                None => {
                    let value = part.text().await.map_err(|_| unreadable())?;
                    fields.list.push((name, value));
                }
            }
        }
        Ok(fields)
    }
}
