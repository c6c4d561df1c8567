//! Names of places as offices write them.

/// A community's name without the words that some lists leave out.
pub(crate) fn plain(name: &str) -> &str {
    let name = name.trim();
    for suffix in ["社区居委会", "村委会", "居委会", "社区", "村"] {
        if let Some(stem) = name.strip_suffix(suffix)
            && stem.chars().count() >= 2
        {
            return stem;
        }
    }
    name
}

/// Whether these words mean the whole district.
pub(crate) fn whole(name: &str) -> bool {
    ["全县", "全区", "全市", "全域"].contains(&name)
}

/// A street's or district's name without the word for its kind.
pub(crate) fn plain_above(name: &str) -> &str {
    let stems = ["街道办事处", "街道", "镇", "乡", "县", "区", "市"];
    let stem = stems.iter().find_map(|suffix| name.strip_suffix(suffix));
    stem.filter(|stem| stem.chars().count() >= 2).unwrap_or(name)
}

/// The names in a cell that lists several.
pub(crate) fn named(written: &str) -> impl Iterator<Item = &str> {
    written
        .split(['、', '，', ',', ';', '；', '/', ' '])
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// The known name that shares most characters with what was written, if it shares at least half.
pub(super) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a String>) -> Option<String> {
    let length = written.chars().count().max(1);
    known
        .map(|name| {
            let shared = written
                .chars()
                .filter(|character| name.contains(*character))
                .count();
            (shared * 100 / length.max(name.chars().count()), name)
        })
        .filter(|(score, _)| *score >= 50)
        .max_by(|left, right| left.0.cmp(&right.0).then_with(|| right.1.cmp(left.1)))
        .map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_proposed() {
        let names = ["滨河路".to_string(), "文昌".to_string()];
        assert_eq!(nearest("滨江路", names.iter()), Some("滨河路".into()));
        assert_eq!(nearest("太和", names.iter()), None);
    }

    #[test]
    fn suffixes_of_communities_do_not_matter() {
        assert_eq!(plain("滨河路社区居委会"), "滨河路");
        assert_eq!(plain("铜角村"), "铜角");
        assert_eq!(plain("新村"), "新村");
    }
}
