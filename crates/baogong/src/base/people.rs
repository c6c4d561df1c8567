//! Users, sign-in by password or link, sessions. Only hashes of secrets are stored.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Tx, params, stmt};

use super::access::{Actor, Role};
use super::clock::{DAY_S, HOUR_S};
use super::error::{Refusal, RefusalKind, Result};
use super::id::UserId;
use super::{Ctx, Fault};

stmt!(
    INSERT_USER,
    "INSERT INTO app_user (id, login, name, password_hash, role, area, supplier, active, created_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)"
);
stmt!(
    UPDATE_USER,
    "UPDATE app_user SET name = $2, role = $3, area = $4, supplier = $5, active = $6 WHERE id = $1"
);
stmt!(
    SET_PASSWORD,
    "UPDATE app_user SET password_hash = $2 WHERE id = $1"
);
stmt!(COUNT_USERS, "SELECT COUNT(*) FROM app_user");
stmt!(
    USERS,
    "SELECT id, login, name, role, area, supplier, active, password_hash FROM app_user ORDER BY created_s, login"
);
stmt!(
    USER_BY_LOGIN,
    "SELECT id, login, name, role, area, supplier, active, password_hash FROM app_user WHERE login = $1"
);
stmt!(
    USER,
    "SELECT id, login, name, role, area, supplier, active, password_hash FROM app_user WHERE id = $1"
);
stmt!(
    INSERT_SESSION,
    "INSERT INTO session (token_hash, user_id, created_s, expires_s) VALUES ($1, $2, $3, $4)"
);
stmt!(
    SESSION_USER,
    "SELECT u.id, u.login, u.name, u.role, u.area, u.supplier, u.active, u.password_hash
     FROM session s JOIN app_user u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_s > $2"
);
stmt!(END_SESSION, "DELETE FROM session WHERE token_hash = $1");
stmt!(END_SESSIONS_OF, "DELETE FROM session WHERE user_id = $1");
stmt!(
    INSERT_LINK,
    "INSERT INTO sign_in_link (token_hash, user_id, expires_s) VALUES ($1, $2, $3)"
);
stmt!(
    LINK,
    "SELECT user_id FROM sign_in_link WHERE token_hash = $1 AND expires_s > $2 AND used_s IS NULL"
);
stmt!(
    USE_LINK,
    "UPDATE sign_in_link SET used_s = $2 WHERE token_hash = $1 AND used_s IS NULL"
);

/// How long a session lasts without signing in again.
const SESSION_S: i64 = 12 * HOUR_S;

/// A user as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name to sign in with.
    pub login: String,
    /// The name that others see.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The area (code prefix) within which the user acts.
    pub area: String,
    /// The supplier that the user works for.
    pub supplier: Option<String>,
    /// Whether the user may sign in.
    pub active: bool,
    #[serde(skip)]
    password_hash: String,
}

impl User {
    /// The user as an actor.
    pub fn actor(&self) -> Actor {
        Actor {
            user: Some(self.id),
            name: self.name.clone(),
            role: self.role,
            area: self.area.clone(),
            supplier: self.supplier.clone(),
        }
    }
}

/// What an administrator fills in for a user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UserDraft {
    /// The user to change; empty for a new one.
    #[serde(default)]
    pub id: String,
    /// The name to sign in with.
    #[serde(default)]
    pub login: String,
    /// The name that others see.
    pub name: String,
    /// The key of the role.
    pub role: String,
    /// The area code.
    pub area: String,
    /// The supplier's code, for a supplier's user.
    #[serde(default)]
    pub supplier: String,
    /// A new password; empty keeps the old one, or none for a user who signs in by link.
    #[serde(default)]
    pub password: String,
    /// Whether the user may sign in.
    #[serde(default)]
    pub active: String,
}

/// A fresh secret of 32 hexadecimal characters.
pub fn secret() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Invariant(format!("no randomness: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The hash under which a secret is stored.
pub fn secret_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn hash_password(password: &str) -> Result<String> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| Fault::Invariant(format!("password hashing: {error}")))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one behind `hash`; takes about 20 ms, so never call it inside the writer.
pub fn password_matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

fn read(row: &store::Row) -> Result<User> {
    Ok(User {
        id: UserId(row.get(0)?),
        login: row.get(1)?,
        name: row.get(2)?,
        role: Role::stored(&row.get::<String>(3)?)?,
        area: row.get(4)?,
        supplier: row.get(5)?,
        active: row.get(6)?,
        password_hash: row.get(7)?,
    })
}

/// Whether nobody has been set up yet.
pub fn is_empty(tx: &mut Tx) -> Result<bool> {
    Ok(tx
        .row(&COUNT_USERS, &[])?
        .map_or(Ok(0), |row| row.get::<i64>(0))?
        == 0)
}

/// All users.
pub fn list(tx: &mut Tx) -> Result<Vec<User>> {
    tx.rows(&USERS, &[])?.iter().map(read).collect()
}

/// The user with this id.
pub fn find(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    tx.row(&USER, &params![id])?.as_ref().map(read).transpose()
}

/// The user who signs in with this name, with the password hash to compare against.
pub fn by_login(tx: &mut Tx, login: &str) -> Result<Option<(User, String)>> {
    let user = tx
        .row(&USER_BY_LOGIN, &params![login])?
        .as_ref()
        .map(read)
        .transpose()?;
    Ok(user.map(|user| {
        let hash = user.password_hash.clone();
        (user, hash)
    }))
}

/// Adds or changes a user. Changing a password or switching a user off ends the user's sessions.
pub fn save(tx: &mut Tx, ctx: &Ctx, draft: &UserDraft) -> Result<UserId> {
    let role = Role::of(&draft.role)
        .filter(|role| !matches!(role, Role::Resident | Role::System))
        .ok_or_else(|| Refusal::invalid("role", "请选择身份。", "Choose a role."))?;
    if draft.name.trim().is_empty() {
        return Err(Refusal::invalid("name", "请填写姓名。", "Enter a name.").into());
    }
    if role == Role::Supplier && draft.supplier.trim().is_empty() {
        return Err(Refusal::invalid(
            "supplier",
            "保供单位的用户要选择所属单位。",
            "A supplier's user needs the supplier that they work for.",
        )
        .into());
    }
    if !draft.password.is_empty() && draft.password.chars().count() < 8 {
        return Err(Refusal::invalid(
            "password",
            "密码至少8个字符。",
            "A password has at least 8 characters.",
        )
        .into());
    }
    let supplier = Some(draft.supplier.trim()).filter(|code| !code.is_empty());
    let hash = if draft.password.is_empty() {
        String::new()
    } else {
        hash_password(&draft.password)?
    };
    if draft.id.is_empty() {
        let login = draft.login.trim();
        if login.is_empty() {
            return Err(Refusal::invalid("login", "请填写登录名。", "Enter a sign-in name.").into());
        }
        if by_login(tx, login)?.is_some() {
            return Err(
                Refusal::invalid("login", "这个登录名已有人使用。", "This sign-in name is taken.").into(),
            );
        }
        let id = UserId::of_command(ctx.command);
        tx.run(
            &INSERT_USER,
            &params![
                id,
                login,
                draft.name.trim(),
                hash,
                role,
                draft.area.trim(),
                supplier,
                ctx.now_s
            ],
        )?;
        return Ok(id);
    }
    let id: UserId = draft.id.parse().map_err(|_| Refusal::not_found("用户", "user"))?;
    let active = draft.active == "1";
    if tx.run(
        &UPDATE_USER,
        &params![id, draft.name.trim(), role, draft.area.trim(), supplier, active],
    )? == 0
    {
        return Err(Refusal::not_found("用户", "user").into());
    }
    if !hash.is_empty() {
        tx.run(&SET_PASSWORD, &params![id, hash.as_str()])?;
    }
    if !hash.is_empty() || !active {
        tx.run(&END_SESSIONS_OF, &params![id])?;
    }
    Ok(id)
}

/// Opens a session and gives its secret.
pub fn open_session(tx: &mut Tx, user: UserId, now_s: i64) -> Result<String> {
    let secret = secret()?;
    tx.run(
        &INSERT_SESSION,
        &params![secret_hash(&secret), user, now_s, now_s + SESSION_S],
    )?;
    Ok(secret)
}

/// The user of a session, if it is alive and the user active.
pub fn session_user(tx: &mut Tx, secret: &str, now_s: i64) -> Result<Option<User>> {
    let user = tx
        .row(&SESSION_USER, &params![secret_hash(secret), now_s])?
        .as_ref()
        .map(read)
        .transpose()?;
    Ok(user.filter(|user| user.active))
}

/// Ends a session.
pub fn close_session(tx: &mut Tx, secret: &str) -> Result<()> {
    tx.run(&END_SESSION, &params![secret_hash(secret)])?;
    Ok(())
}

/// Makes a one-time sign-in link for a user (or, without one, for setting up the first administrator).
pub fn make_link(tx: &mut Tx, user: Option<UserId>, now_s: i64) -> Result<String> {
    let secret = secret()?;
    tx.run(
        &INSERT_LINK,
        &params![secret_hash(&secret), user, now_s + 7 * DAY_S],
    )?;
    Ok(secret)
}

/// Whose link this is, without using it up: `Some(None)` is the set-up link of an empty installation.
pub fn link_user(tx: &mut Tx, secret: &str, now_s: i64) -> Result<Option<Option<UserId>>> {
    let row = tx.row(&LINK, &params![secret_hash(secret), now_s])?;
    Ok(row
        .map(|row| row.get::<Option<uuid::Uuid>>(0))
        .transpose()?
        .map(|user| user.map(UserId)))
}

/// Uses a link up; refuses one that is unknown, too old or used.
pub fn use_link(tx: &mut Tx, secret: &str, now_s: i64) -> Result<Option<UserId>> {
    let owner = link_user(tx, secret, now_s)?;
    let used = tx.run(&USE_LINK, &params![secret_hash(secret), now_s])?;
    match owner {
        Some(user) if used == 1 => Ok(user),
        _ => Err(Refusal::new(
            RefusalKind::SignInNeeded,
            "link_used",
            "这个登录链接已用过或已过期，请向管理员要一个新的。",
            "This sign-in link was used or has expired; ask your administrator for a new one.",
        )
        .into()),
    }
}
