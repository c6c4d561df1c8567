//! Role × route × area: the table decides, and nobody passes beside it.

use baogong::base::access::{ACCESS, Role};
use baogong::web::gate::Gate;
use baogong::web::routes::routes;

use crate::support::{demo_servers, servers};

fn login(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Administrator => "admin",
        Role::Headquarters => "zhihui",
        Role::Office => "jiedao",
        Role::Liaison => "lianluo",
        Role::Supplier => "chaoshi",
        Role::Driver => "siji",
        Role::Volunteer => "zhiyuan",
        Role::Supervisor => "ducha",
        Role::Resident | Role::System => return None,
    })
}

fn concrete(path: &str) -> String {
    let path = path
        .replace("{compound}", "431023001001-1")
        .replace("{code}", "431023001001-1-1-1-101");
    let mut out = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => {
                inside = true;
                out.push_str("0190a0a0a0a07a0a8a0a0a0a0a0a0a0a");
            }
            '}' => inside = false,
            _ if !inside => out.push(character),
            _ => {}
        }
    }
    out.push_str("?area=431023001001-1&compound=431023001001-1&code=431023001001-1-1-1-101");
    out
}

/// each page opens for exactly the roles that the table names.
#[test]
fn every_page_opens_for_exactly_the_roles_of_the_table() {
    let server = demo_servers().remove(0);
    for role in Role::ALL {
        let Some(login) = login(*role) else { continue };
        let mut browser = server.demo_user(login);
        for route in routes().iter().filter(|route| route.method == "GET") {
            let Gate::Needs(action) = route.gate else { continue };
            let may = ACCESS
                .iter()
                .any(|(listed, roles)| *listed == action && roles.contains(role));
            let status = browser.get(&concrete(route.path)).status;
            if may {
                assert_ne!(status, 403, "{role:?} may open {}", route.path);
                assert!(status < 500, "{role:?} {}: {status}", route.path);
            } else {
                assert_eq!(status, 403, "{role:?} may not open {}", route.path);
            }
        }
    }
}

#[test]
fn nobody_sees_anything_without_signing_in() {
    for server in servers() {
        let mut browser = server.browser(None);
        for route in routes()
            .iter()
            .filter(|route| route.method == "GET" && route.gate != Gate::Open)
        {
            let page = browser.get(&concrete(route.path));
            assert!(
                page.status == 303 || page.status == 401,
                "{}: {}",
                route.path,
                page.status
            );
            assert!(
                page.status == 401 || page.location.starts_with("/sign-in"),
                "{}",
                page.location
            );
        }
    }
}

/// names and phones are masked in every list, and unmasking is logged.
#[test]
fn no_whole_phone_leaves_the_pages() {
    let server = demo_servers().remove(0);
    let households = server.entries("households", "431023001001");
    let phones: Vec<String> = households
        .iter()
        .map(|entry| baogong::register::text(&entry.body, "phone").to_string())
        .filter(|phone| phone.len() == 11)
        .take(400)
        .collect();
    assert!(phones.len() > 40, "{} phones", phones.len());
    let compound = households[0].area.clone();
    for login in ["zhihui", "jiedao", "lianluo", "ducha", "admin"] {
        let mut browser = server.demo_user(login);
        for path in [
            "/registers/households?area=431023001001",
            &format!("/lists/{compound}?tab=people"),
            &format!("/registers/households/entry?code={}", households[0].code),
        ] {
            let page = browser.get(path);
            if page.status != 200 {
                continue;
            }
            for phone in &phones {
                assert!(
                    !page.body.contains(phone.as_str()),
                    "{login} sees {phone} on {path}"
                );
            }
        }
    }
    let mut office = server.demo_user("jiedao");
    let with_phone = households
        .iter()
        .find(|entry| baogong::register::text(&entry.body, "phone").len() == 11)
        .unwrap();
    let phone = baogong::register::text(&with_phone.body, "phone").to_string();
    let shown = office.send(
        "/registers/households/unmask",
        &[("code", &with_phone.code), ("reason", "核实送药地址")],
    );
    assert!(shown.body.contains(&phone), "{}", shown.text());
    server
        .demo_user("ducha")
        .open("/audit?q=personal.unmask")
        .shows("便江街道");
}

/// A form from elsewhere, without the token of the session, changes nothing.
#[test]
fn forms_need_the_token_of_the_session() {
    let server = demo_servers().remove(0);
    let mut browser = server.demo_user("zhihui");
    browser.token = "0".repeat(32);
    let sent = browser.send(
        "/directives",
        &[
            ("area", "431023"),
            ("plan", "yu"),
            ("level", "lockdown"),
            ("risk", "high"),
            ("ordered_by", "无"),
        ],
    );
    assert_eq!(sent.status, 403);
    assert!(
        server
            .read(|tx| baogong::plan::directive::all(tx, "431023"))
            .is_empty()
    );
}

/// Somebody of one community cannot act on another.
#[test]
fn an_area_ends_at_its_border() {
    let server = demo_servers().remove(0);
    let mut liaison = server.demo_user("lianluo");
    assert_eq!(liaison.get("/lists/431023001002-1").status, 403);
    let other = server
        .entries("households", "431023001002")
        .into_iter()
        .next()
        .unwrap();
    let sent = liaison.send("/needs", &[("household", &other.code), ("item", "大米")]);
    assert_eq!(sent.status, 403, "{}", sent.text());
}
