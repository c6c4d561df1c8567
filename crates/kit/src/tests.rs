//! What holds for the kit as a whole.

use crate::*;
use proptest::prelude::*;

fn every_page() -> Vec<String> {
    let mut pages = Vec::new();
    for lang in [Lang::Zh, Lang::En] {
        for elder in [false, true] {
            pages.push(gallery(lang, elder).into_string());
            pages.push(gallery_resident(lang, elder).into_string());
        }
    }
    pages
}

/// The attribute names of a page, in order, found by walking through its tags.
fn attribute_names(page: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let (mut in_tag, mut in_value) = (false, false);
    for letter in page.chars() {
        match letter {
            '"' if in_tag => in_value = !in_value,
            _ if in_value => {}
            '<' => in_tag = true,
            '>' | ' ' | '=' if in_tag => {
                if !name.is_empty() {
                    names.push(std::mem::take(&mut name));
                }
                in_tag = letter != '>';
            }
            _ if in_tag => name.push(letter),
            _ => {}
        }
    }
    names
}

#[test]
fn pages_keep_the_content_security_policy() {
    for page in every_page() {
        let names = attribute_names(&page);
        assert!(names.iter().any(|name| name == "class") && names.iter().any(|name| name == "href"));
        for name in names {
            assert!(
                name != "style" && !name.starts_with("on") && !name.starts_with("hx-on"),
                "{name}"
            );
        }
        for (start, _) in page.match_indices("<script") {
            let rest = &page[start..];
            assert!(rest.starts_with("<script src=\"/assets/"), "{}", &rest[..60]);
            let body = rest.find('>').expect("the tag ends") + 1;
            assert!(rest[body..].starts_with("</script>"));
        }
        assert!(!page.contains("<style") && !page.contains("javascript:"));
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("=\"//"));
    }
}

#[test]
fn every_post_carries_token_and_command() {
    for page in every_page() {
        for part in page.split("<form method=\"post\"").skip(1) {
            let form = part
                .split("</form>")
                .next()
                .expect("split gives at least one part");
            assert!(form.contains("name=\"token\" value=\"sample-token\""), "{form}");
            assert!(form.contains("name=\"command\" value="), "{form}");
        }
    }
}

#[test]
fn ids_are_unique_and_labels_lead_to_them() {
    for page in every_page() {
        let ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        let targets = [" for=\"", " aria-describedby=\"", " data-copy=\"", " form=\""];
        for target in targets.iter().flat_map(|mark| page.split(mark).skip(1)) {
            let named = target.split('"').next().expect("split gives at least one part");
            assert!(named.split(' ').all(|id| ids.contains(&id)), "{named}");
        }
    }
}

#[test]
fn tags_are_balanced() {
    for page in every_page() {
        for tag in [
            "div", "span", "form", "ul", "ol", "li", "table", "tr", "td", "nav", "details", "svg", "label",
            "a",
        ] {
            let opened =
                page.matches(&format!("<{tag} ")).count() + page.matches(&format!("<{tag}>")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}

#[test]
fn the_gallery_shows_every_component() {
    let page = gallery(Lang::Zh, false).into_string();
    let marks = [
        "class=\"skip\"",
        "class=\"banner\"",
        "class=\"topbar\"",
        "class=\"sidebar\"",
        "class=\"bottombar\"",
        "action=\"/sign-out\"",
        "class=\"crumbs\"",
        "class=\"heading\"",
        "class=\"tiles\"",
        "class=\"table\"",
        "class=\"columns\"",
        "class=\"bars\"",
        "role=\"meter\"",
        "class=\"tabs\"",
        "class=\"search\"",
        "class=\"pager\"",
        "data-advance",
        "data-row",
        "class=\"empty\"",
        "class=\"fields\"",
        "aria-invalid",
        "multipart/form-data",
        "class=\"steps\"",
        "class=\"definitions\"",
        "class=\"confirm ",
        "class=\"notice ",
        "class=\"badge ",
        "data-copy=",
        "class=\"details\"",
        "data-stepper",
        "data-order-total",
        "data-print",
        "data-refresh-s=\"30\"",
        "data-draft=",
        "type=\"radio\"",
        "type=\"checkbox\"",
        "type=\"datetime-local\"",
    ];
    for mark in marks {
        assert!(page.contains(mark), "{mark}");
    }
}

#[test]
fn english_pages_hold_no_chinese_but_the_switch() {
    for page in [gallery(Lang::En, false), gallery_resident(Lang::En, false)] {
        let text = page
            .into_string()
            .replace(">中文<", "><")
            .replace("name=\"text\" value=\"✓\"", "");
        let found: String = text
            .chars()
            .filter(|letter| ('\u{4e00}'..='\u{9fff}').contains(letter))
            .collect();
        assert_eq!(found, "");
    }
}

/// The budget of residents' pages: page, styles, script and icon together, packed.
#[test]
fn a_residents_first_visit_weighs_at_most_30_kb() {
    let packed = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packer, bytes).expect("writing to memory");
        packer.finish().expect("writing to memory").len()
    };
    for page in [
        gallery_resident(Lang::Zh, false).into_string(),
        gallery_resident(Lang::En, true).into_string(),
    ] {
        let files: usize = assets()
            .iter()
            .filter(|asset| page.contains(asset.path))
            .map(|asset| asset.gzip.map_or(asset.bytes.len(), <[u8]>::len))
            .sum();
        let weight = packed(page.as_bytes()) + files;
        assert!(files > 1_000 && weight < 30_000, "{weight} bytes");
    }
}

#[test]
fn elder_mode_and_language_are_on_the_page() {
    let page = gallery(Lang::Zh, true).into_string();
    assert!(page.contains(r#"<html lang="zh-CN" class="elder">"#));
    assert!(page.contains("/words?elder=0&amp;back=%2Fgallery%3Fview%3Dall"));
    assert!(page.contains("/words?lang=en&amp;back=%2Fgallery%3Fview%3Dall"));
    let page = gallery(Lang::En, false).into_string();
    assert!(page.contains(r#"<html lang="en">"#));
    assert!(page.contains("/words?elder=1&amp;back=") && page.contains("/words?lang=zh&amp;back="));
}

#[test]
fn light_pages_have_no_menu_and_only_the_small_script() {
    let page = gallery_resident(Lang::Zh, false).into_string();
    assert!(!page.contains("id=\"menu\"") && !page.contains("/assets/app.") && !page.contains("htmx"));
}

#[test]
fn a_bar_with_few_entries_needs_no_menu() {
    let item = |label: &str| NavItem {
        href: "/x".to_owned(),
        label: label.to_owned(),
        icon: Icon::Home,
        active: false,
        count: Some(0),
    };
    let nav = |count: usize| {
        vec![NavGroup {
            title: String::new(),
            items: vec![item("甲"); count],
        }]
    };
    let shown = |count: usize| {
        page(
            &Shell {
                nav: nav(count),
                ..Shell::default()
            },
            html! {},
        )
        .into_string()
    };
    assert!(!shown(5).contains("href=\"#menu\""));
    assert!(shown(6).contains("href=\"#menu\""));
    assert!(!shown(0).contains("bottombar"));
    assert!(
        !shown(3).contains("class=\"count\""),
        "a count of zero is not shown"
    );
}

#[test]
fn fields_choose_tick_and_describe() {
    let select = html! { (Field::select("a", "甲", &[("1", "一"), ("2", "二")]).value("2")) }.into_string();
    assert!(
        select.contains(r#"<option value="2" selected>二</option>"#)
            && !select.contains(r#"value="1" selected"#)
    );
    let check = |value: &str| html! { (Field::check("a", "甲").value(value)) }.into_string();
    assert!(
        check("on").contains(" checked")
            && check("1").contains(" checked")
            && !check("0").contains(" checked")
    );
    let text = html! { (Field::text("a", "甲").hint("h").error("e")) }.into_string();
    assert!(text.contains(r#"aria-describedby="field-a-hint field-a-error""#));
    let secret = html! { (Field::password("p", "口令").attr("autocomplete", "new-password")) }.into_string();
    assert!(secret.contains("new-password") && !secret.contains("current-password"));
    let safe = html! { (Field::text("a", "甲").attr("onclick", "x()").attr("style", "x")) }.into_string();
    assert!(!safe.contains("onclick") && !safe.contains("style"));
    let hidden = html! { (Field::hidden("r", "/a?b&c")) }.into_string();
    assert!(hidden.contains(r#"type="hidden""#) && hidden.contains("/a?b&amp;c") && !hidden.contains("<div"));
}

proptest! {
    /// Whatever people write comes out as text, in every place that takes text.
    #[test]
    fn text_is_escaped_everywhere(inner in "[<>&\"'a-z甲]{0,12}") {
        let evil = format!("<script>{inner}</script>\" onload=\"x");
        let shell = Shell {
            title: evil.clone(),
            site: evil.clone(),
            user: Some((evil.clone(), evil.clone())),
            nav: vec![NavGroup {
                title: evil.clone(),
                items: vec![NavItem {
                    href: evil.clone(),
                    label: evil.clone(),
                    icon: Icon::Home,
                    active: true,
                    count: Some(1),
                }],
            }],
            flash: Some((Tone::Bad, evil.clone())),
            path: evil.clone(),
            token: evil.clone(),
            banner: Some(evil.clone()),
            command: evil.clone(),
            ..Shell::default()
        };
        let pair = [(evil.clone(), evil.clone())];
        let body = html! {
            (heading(&evil, &evil, html! {}))
            (crumbs(&[(evil.clone(), evil.clone()), (evil.clone(), evil.clone())]))
            (section(&evil, html! {}))
            (tiles(&[Tile { label: evil.clone(), value: evil.clone(), unit: evil.clone(), tone: Tone::Bad,
                href: Some(evil.clone()), note: evil.clone() }]))
            (table(&evil, &[Column::text(&evil)],
                vec![TableRow::new(vec![html! { (evil) }]).href(evil.clone())], html! {}))
            (form(&evil, &shell, button_named(&evil, &evil, &evil, Tone::Good)))
            (row_form(&evil, &evil, &shell, &evil, html! {}))
            (confirm_form(&evil, &shell, &evil, Tone::Bad, &evil))
            (Field::text(&evil, &evil).value(&evil).hint(&evil).error(&evil).placeholder(&evil))
            (Field::area(&evil, &evil).value(&evil)) (Field::select(&evil, &evil, &pair))
            (Field::check(&evil, &evil))
            (Field::text(&evil, &evil).bare())
            (Field::radio(&evil, &evil, &[(&evil, &evil, &evil)]))
            (link_button_with(Icon::Home, &evil, &evil, Tone::Plain)) (notice(Tone::Warn, &evil, html! {}))
            (empty(Icon::Box, &evil, &evil, html! {})) (badge(Tone::Good, &evil))
            (steps(&[Step { label: evil.clone(), state: StepState::Now, href: Some(evil.clone()) }]))
            (meter(1, 2, Tone::Good, &evil)) (bars(&[(evil.clone(), 1, evil.clone(), Tone::Warn)]))
            (pager(Lang::Zh, &evil, 2, 1, 3)) (search_bar(Lang::Zh, &evil, &evil, &evil, html! {}))
            (tabs(&[(evil.clone(), evil.clone(), true, Some(1))]))
            (definitions(&[(evil.clone(), html! { (evil) })]))
            (copy_text(Lang::Zh, &evil, &evil)) (details(&evil, html! {})) (live(&evil, 5, html! {}))
            (stepper_priced(&evil, &evil, 1, 2, &evil, 100))
        };
        for markup in [page(&shell, body.clone()), light_page(&shell, body)] {
            let text = markup.into_string();
            prop_assert!(!text.contains("<script>"));
            prop_assert!(!attribute_names(&text).iter().any(|name| name.starts_with("on")));
        }
    }

    #[test]
    fn percent_encoding_is_undone_by_decoding(text in "\\PC{0,20}") {
        let encoded = crate::shell::percent_encoded(&text);
        prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        let mut decoded = Vec::new();
        let mut bytes = encoded.bytes();
        while let Some(byte) = bytes.next() {
            if byte == b'%' {
                let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
                decoded.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            } else {
                decoded.push(byte);
            }
        }
        prop_assert_eq!(decoded, text.as_bytes());
    }
}

#[test]
fn boxes_that_share_a_name_send_their_own_values() {
    let field = crate::Field::check("compound", "橙香苑")
        .sends("431023001001-1")
        .checked(true);
    let shown = maud::html! { (field) }.into_string();
    assert!(
        shown.contains("value=\"431023001001-1\"") && shown.contains(" checked"),
        "{shown}"
    );
    let plain = maud::html! { (crate::Field::check("urgent", "急需")) }.into_string();
    assert!(
        plain.contains("value=\"1\"") && !plain.contains(" checked"),
        "{plain}"
    );
}
