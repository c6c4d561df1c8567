//! The divisions, as far as lists name them: which street a community belongs to.

use std::collections::HashMap;

use crate::register::names::plain;

/// Communities with their streets, by stem of the name and by code.
pub(super) struct Areas(HashMap<String, (String, String)>);

impl Areas {
    /// From (code, name, level) of each division.
    pub(super) fn of(areas: &[(String, String, String)]) -> Areas {
        let streets: HashMap<&str, &str> = areas
            .iter()
            .filter(|(_, _, level)| level == "street")
            .map(|(code, name, _)| (code.as_str(), name.as_str()))
            .collect();
        let mut known = HashMap::new();
        for (code, name, _) in areas.iter().filter(|(_, _, level)| level == "community") {
            let street = code.get(..9).and_then(|code| streets.get(code)).copied();
            let both = (name.clone(), street.unwrap_or_default().to_string());
            known.insert(code.clone(), both.clone());
            known.insert(plain(name).to_string(), both);
        }
        Areas(known)
    }

    /// A community's name, which offices also write as its code.
    pub(super) fn community(&self, written: &str) -> String {
        let found = self.0.get(written.trim());
        found.map_or_else(|| written.trim().to_string(), |(name, _)| name.clone())
    }

    /// The street, where it is not written that of the community.
    pub(super) fn street(&self, written: &str, community: &str) -> String {
        if !written.trim().is_empty() {
            return written.trim().to_string();
        }
        let found = self.0.get(community).or_else(|| self.0.get(plain(community)));
        found.map_or_else(String::new, |(_, street)| street.clone())
    }
}
