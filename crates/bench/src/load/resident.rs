//! A resident at the order page: the same form as a browser sends, and what the answer means.

use std::net::SocketAddr;
use std::rc::Rc;

use uuid::Uuid;

use super::http::{Connection, Response, request};
use super::mix::{Ask, Kind, PACKS};
use super::tally::Answer;
use crate::county::County;

/// What a resident knows of the round: the county and the secret part of each compound's link.
#[derive(Clone, Debug)]
pub struct Links {
    /// Who lives where.
    pub county: County,
    /// By compound, the link of the round that is rushed for.
    pub first: Vec<String>,
    /// By compound, the link of the round in which some try a second time.
    pub second: Vec<String>,
}

impl Links {
    /// The node that a household turns to when the client at `place` speaks for it, if there are enough.
    fn node(&self, ask: &Ask, place: usize) -> usize {
        match self.county.districts {
            1 => place,
            _ => self.county.district(self.county.compound(ask.household)),
        }
    }

    fn form(&self, ask: &Ask) -> Vec<u8> {
        let compound = self.county.compound(ask.household) as usize;
        let token = match ask.kind {
            Kind::First | Kind::Repeat => &self.first[compound],
            Kind::Second => &self.second[compound],
        };
        let mut body = format!(
            "dwelling={}&phone={}&note=&command={}",
            self.county.dwelling(ask.household).written(),
            self.county.phone(ask.household),
            ask.command
        );
        for (pack, quantity) in PACKS.iter().zip(ask.wants) {
            body.push_str(&format!("&q%3A{pack}={quantity}"));
        }
        request(
            "POST",
            &format!("/o/{token}"),
            &[
                "content-type: application/x-www-form-urlencoded",
                "accept: text/html,application/xhtml+xml",
                "accept-language: zh-CN,zh;q=0.9",
                "user-agent: Mozilla/5.0 (Linux; Android 10) bench",
            ],
            &body,
        )
    }
}

/// What an answer of the order page means.
pub fn answer(response: &Response) -> Answer {
    match response.status {
        303 => match response.location.split('/').nth(3).map(Uuid::parse_str) {
            Some(Ok(order)) => Answer::Taken(order),
            _ => Answer::Failed(format!("led to {}", response.location)),
        },
        503 | 429 => Answer::Shed,
        status if status >= 500 => Answer::Failed(format!("status {status}")),
        status if response.refusal.is_empty() => Answer::Refused(format!("unnamed ({status})")),
        _ => Answer::Refused(response.refusal.clone()),
    }
}

/// So many residents, spread over the nodes at these addresses. Where there are several districts, each has a node of its
/// own, as far as there are enough; else a household meets any node, and what it sends again may meet another.
pub fn residents(
    links: &Rc<Links>,
    addresses: &[SocketAddr],
    count: usize,
) -> Vec<impl AsyncFnMut(Ask) -> Answer + 'static> {
    (0..count)
        .map(|place| {
            let links = links.clone();
            let mut connections: Vec<Connection> = addresses
                .iter()
                .map(|address| Connection::new(*address))
                .collect();
            async move |ask: Ask| {
                let node = links.node(&ask, place) % connections.len();
                match connections[node].send(&links.form(&ask)).await {
                    Ok(response) => answer(&response),
                    Err(words) => Answer::Failed(words),
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, location: &str, refusal: &str) -> Response {
        Response {
            status,
            location: location.into(),
            refusal: refusal.into(),
            ..Response::default()
        }
    }

    #[test]
    fn answers_are_told_apart() {
        let order = Uuid::from_u128(77);
        let told = |status, location: &str, refusal: &str| answer(&response(status, location, refusal));
        assert_eq!(
            told(303, &format!("/o/token/{order}/key"), ""),
            Answer::Taken(order)
        );
        assert_eq!(told(200, "", "allotment"), Answer::Refused("allotment".into()));
        assert_eq!(told(422, "", ""), Answer::Refused("unnamed (422)".into()));
        assert_eq!(told(503, "", ""), Answer::Shed);
        assert!(matches!(told(303, "/sign-in", ""), Answer::Failed(_)));
        assert!(matches!(told(500, "", ""), Answer::Failed(_)));
    }

    #[test]
    fn the_form_names_the_dwelling_the_packs_and_the_command() {
        let links = Links {
            county: County::new(10, 2),
            first: vec!["one".into(), "two".into()],
            second: vec!["three".into(), "four".into()],
        };
        let ask = Ask {
            kind: Kind::First,
            household: 3,
            command: Uuid::from_u128(5),
            wants: [1, 0, 2],
        };
        let form = String::from_utf8(links.form(&ask)).unwrap();
        assert!(form.starts_with("POST /o/two HTTP/1.1\r\n"), "{form}");
        for part in [
            "&q%3AA=1&q%3AB=0&q%3AC=2",
            "dwelling=1-1-102&",
            "&command=00000000-0000-0000-0000-000000000005",
        ] {
            assert!(form.contains(part), "{part} in {form}");
        }
        let again = Ask {
            kind: Kind::Second,
            ..ask
        };
        assert!(links.form(&again).starts_with(b"POST /o/four "));
    }
}
