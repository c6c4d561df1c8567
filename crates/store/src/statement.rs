//! Statements: SQL with a name, collected over the whole program.

use std::sync::OnceLock;

use crate::{Engine, sql};

/// One SQL statement with a name, declared by [`stmt!`](crate::stmt). Parameters are `$1`, `$2` and so on.
#[derive(Debug)]
pub struct Statement {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    sqlite_text: OnceLock<String>,
    postgres_text: OnceLock<String>,
}

impl Statement {
    /// A statement that is not registered; [`stmt!`](crate::stmt) is the usual way.
    pub const fn new(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self {
            name,
            sqlite,
            postgres,
            sqlite_text: OnceLock::new(),
            postgres_text: OnceLock::new(),
        }
    }

    /// The name with its module path.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The SQL as the engine gets it.
    pub fn sql(&self, engine: Engine) -> &str {
        match engine {
            Engine::Sqlite => self
                .sqlite_text
                .get_or_init(|| sql::for_engine(self.sqlite, engine)),
            Engine::Postgres => self
                .postgres_text
                .get_or_init(|| sql::for_engine(self.postgres, engine)),
        }
    }
}

/// An entry of the register of statements.
#[doc(hidden)]
pub struct Registered(pub &'static Statement);

inventory::collect!(Registered);

/// All statements declared with [`stmt!`](crate::stmt) in this program, in no particular order.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    inventory::iter::<Registered>
        .into_iter()
        .map(|registered| registered.0)
}

/// Declares a statement and registers it, so that a test prepares it on both engines.
///
/// ```
/// store::stmt!(
///     /// What a household has.
///     pub BALANCE, "SELECT balance FROM account WHERE id = $1");
/// store::stmt!(NOW_S,
///     sqlite: "SELECT unixepoch()",
///     postgres: "SELECT CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)");
/// assert!(NOW_S.name().ends_with("NOW_S"));
/// ```
///
/// Comments of the form `/*sqlite … */` and `/*postgres … */` are opened on that engine only, for small differences
/// inside one text.
#[macro_export]
macro_rules! stmt {
    ($(#[$meta:meta])* $vis:vis $name:ident, sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        $(#[$meta])*
        $vis static $name: $crate::Statement = $crate::Statement::new(
            ::core::concat!(::core::module_path!(), "::", ::core::stringify!($name)),
            $sqlite,
            $postgres,
        );
        $crate::macros::submit! { $crate::macros::Registered(&$name) }
    };
    ($(#[$meta:meta])* $vis:vis $name:ident, $sql:expr $(,)?) => {
        $crate::stmt! { $(#[$meta])* $vis $name, sqlite: $sql, postgres: $sql }
    };
}
