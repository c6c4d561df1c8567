//! Words in both languages. Each closed set of words (levels, states, roles) is an enum that knows its stable
//! key, its Chinese and its English, so that a page can never show a code.

pub use kit::Lang;

/// Makes an enum whose variants have a stable key and words in both languages.
#[macro_export]
macro_rules! wording {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $zh:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name { $( $(#[$vdoc])* #[doc = $en] #[serde(rename = $key)] $variant, )* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The stable key, as stored and sent.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key,)* }
            }

            /// The word in the language of the page.
            pub fn word(self, lang: kit::Lang) -> &'static str {
                match (self, lang) { $(
                    ($name::$variant, kit::Lang::Zh) => $zh,
                    ($name::$variant, kit::Lang::En) => $en,
                )* }
            }

            /// The value with this key.
            pub fn of(key: &str) -> Option<$name> {
                match key { $($key => Some($name::$variant),)* _ => None }
            }

            /// The value with this key; data in the store always has one.
            pub fn stored(key: &str) -> std::result::Result<$name, $crate::base::Fault> {
                Self::of(key).ok_or_else(|| $crate::base::Fault::Invariant(format!("{} has no value {key:?}", stringify!($name))))
            }

            /// Every value as (key, word), for a select field.
            pub fn options(lang: kit::Lang) -> Vec<(&'static str, &'static str)> {
                Self::ALL.iter().map(|value| (value.key(), value.word(lang))).collect()
            }
        }

        impl From<$name> for store::Value {
            fn from(value: $name) -> store::Value {
                store::Value::from(value.key())
            }
        }
    };
}

/// The day as an office writes it: `2026年11月21日`, `21 November 2026`.
pub fn day(at_s: i64, lang: Lang) -> String {
    let pattern = lang.t("%Y年%-m月%-d日", "%-d %B %Y");
    super::clock::zoned(at_s).strftime(pattern).to_string()
}

/// The day without its year, for what is near: `11月21日`, `21 November`.
pub fn calendar_day(at_s: i64, lang: Lang) -> String {
    let pattern = lang.t("%-m月%-d日", "%-d %B");
    super::clock::zoned(at_s).strftime(pattern).to_string()
}

/// A moment as one announces it: `11月21日18:00`, `21 November, 18:00`.
pub fn moment(at_s: i64, lang: Lang) -> String {
    let pattern = lang.t("%-m月%-d日%H:%M", "%-d %B, %H:%M");
    super::clock::zoned(at_s).strftime(pattern).to_string()
}

/// Fen as yuan with two decimals, such as `12.50`.
pub fn yuan(amount_fen: i64) -> String {
    let sign = if amount_fen < 0 { "-" } else { "" };
    format!(
        "{sign}{}.{:02}",
        amount_fen.unsigned_abs() / 100,
        amount_fen.unsigned_abs() % 100
    )
}

/// Grams as kilograms, without needless zeros: `0.5`, `12`.
pub fn kilograms(weight_g: i64) -> String {
    let text = format!("{:.3}", weight_g as f64 / 1000.0);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Days to one decimal, such as `2.5`.
pub fn days(seconds: i64) -> String {
    format!("{:.1}", seconds.max(0) as f64 / super::clock::DAY_S as f64)
}

/// A count with thousands separators.
pub fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if value < 0 { format!("-{grouped}") } else { grouped }
}

/// A phone with its middle hidden: `138****5678`.
pub fn mask_phone(phone: &str) -> String {
    let characters: Vec<char> = phone.chars().collect();
    if characters.len() < 7 {
        return "****".chars().take(characters.len()).collect();
    }
    let head: String = characters[..3].iter().collect();
    let tail: String = characters[characters.len() - 4..].iter().collect();
    format!("{head}****{tail}")
}

/// A name of which only the family name shows: `张**`.
pub fn mask_name(name: &str) -> String {
    let mut characters = name.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    std::iter::once(first)
        .chain(characters.map(|_| '*'))
        .take(4)
        .collect()
}

/// An identity number of which the region and the last four remain.
pub fn mask_identity(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    if characters.len() < 12 {
        return "*".repeat(characters.len());
    }
    let head: String = characters[..6].iter().collect();
    let tail: String = characters[characters.len() - 4..].iter().collect();
    format!("{head}********{tail}")
}

/// Metres as kilometres with one digit, for people.
pub fn kilometres(metres: i64) -> String {
    format!("{:.1}", metres as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_write_them() {
        assert_eq!(yuan(1250), "12.50");
        assert_eq!(yuan(-5), "-0.05");
        assert_eq!(kilograms(500), "0.5");
        assert_eq!(kilograms(12_000), "12");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(-12), "-12");
    }

    #[test]
    fn masks_hide_the_middle() {
        assert_eq!(mask_phone("13812345678"), "138****5678");
        assert_eq!(mask_phone("12345"), "****");
        assert_eq!(mask_name("欧阳小明"), "欧***");
        assert_eq!(mask_identity("431023198001011234"), "431023********1234");
    }
}
