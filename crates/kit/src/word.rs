//! Language and tone, which nearly every component takes.

use crate::Icon;

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Simplified Chinese, the first language of the system.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Chooses the text of this language.
    pub fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The language tag for HTML (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// What a component says by its colour; an icon or words always say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// The main thing on the page.
    Accent,
    /// As it should be.
    Good,
    /// Needs attention soon.
    Warn,
    /// Wrong, or needs action now.
    Bad,
    /// Less important than its surroundings.
    Quiet,
}

impl Tone {
    /// All tones.
    pub const ALL: [Self; 6] = [
        Self::Plain,
        Self::Accent,
        Self::Good,
        Self::Warn,
        Self::Bad,
        Self::Quiet,
    ];

    /// The class that carries the tone's colours.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "tone-plain",
            Self::Accent => "tone-accent",
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Quiet => "tone-quiet",
        }
    }

    /// The icon that says the same as the colour, where the tone is a judgement.
    pub(crate) fn sign(self) -> Option<Icon> {
        match self {
            Self::Good => Some(Icon::Check),
            Self::Warn => Some(Icon::Alert),
            Self::Bad => Some(Icon::Stop),
            Self::Plain | Self::Accent | Self::Quiet => None,
        }
    }
}
