//! Public addresses: by which address people reach the server from outside, the short address in every QR code, and
//! the code in whatever was scanned or typed.

use super::{Refusal, Result};

/// The longest origin. With it the address of a bag has 84 bytes, the most that a QR code of 37 modules holds at level
/// M (ISO/IEC 18004); a module on the smallest label is then still 0.43 mm wide.
const ORIGIN_BYTES_MAX: usize = 60;

/// The setting of the installation that holds the origin.
pub const PUBLIC_URL: &str = "public_url";

/// Scheme and host by which people reach the server, such as `https://bg.example.cn` or `http://10.0.0.5:8080`,
/// without a slash at the end. Empty stays empty: the address is then taken from each request.
///
/// # Errors
/// A refusal that says what is wrong with it.
pub fn origin(written: &str) -> Result<String> {
    let written = documents::values::fold_width(written).trim().to_string();
    if written.is_empty() {
        return Ok(written);
    }
    let wrong = |zh: &str, en: &str| {
        Refusal::invalid(
            PUBLIC_URL,
            format!("网址“{written}”{zh}，应如 https://bg.example.cn 或 http://10.0.0.5:8080。"),
            format!(
                "The address {written:?} {en}; it looks like https://bg.example.cn or http://10.0.0.5:8080."
            ),
        )
    };
    let lower = written.to_ascii_lowercase();
    let lower = lower.trim_end_matches('/');
    let Some((scheme @ ("http" | "https"), rest)) = lower.split_once("://") else {
        return Err(wrong(
            "没有以 http:// 或 https:// 开头",
            "does not begin with http:// or https://",
        )
        .into());
    };
    if rest.contains(['/', '?', '#', '@']) {
        return Err(wrong(
            "只要主机名，后面不带路径",
            "holds more than the host: leave the path away",
        )
        .into());
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let named = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && !host.starts_with(['.', '-'])
        && !host.ends_with(['.', '-']);
    let numbered = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok());
    if host.is_empty() || !(named || numbered) {
        return Err(wrong(
            "的主机名不对（中文域名请写成 xn-- 开头的形式）",
            "has no proper host name (write a Chinese domain in its xn-- form)",
        )
        .into());
    }
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Err(wrong("的端口号不对", "has no proper port").into());
    }
    let origin = format!("{scheme}://{rest}");
    if origin.len() > ORIGIN_BYTES_MAX {
        return Err(wrong(
            &format!("太长（最多{ORIGIN_BYTES_MAX}个字符），标签上的二维码会太密"),
            &format!(
                "is longer than {ORIGIN_BYTES_MAX} characters, which makes the codes on labels too dense"
            ),
        )
        .into());
    }
    Ok(origin)
}

/// What a QR code holds: the short address of a bag, box, pass, compound or site. Where nobody knows by which address
/// people reach the server, the fields of the pages still take what it holds instead.
pub fn of_code(origin: &str, in_district: &str, code: &str) -> String {
    if origin.is_empty() {
        return format!("BG:{in_district}:{code}");
    }
    format!("{origin}/q/{in_district}/{code}")
}

/// The code in what a scanner or a hand gave: a short address (of whatever host), the text of older labels
/// (`BG:district:code`) or the bare code. `None` if it names another district.
pub fn code_in(given: &str, in_district: &str) -> Option<String> {
    let given = documents::values::fold_width(given).trim().to_string();
    let parts = match given.rsplit_once("/q/") {
        Some((_, rest)) => rest.split(['?', '#']).next().unwrap_or("").split_once('/'),
        None => given
            .get(..3)
            .filter(|head| head.eq_ignore_ascii_case("BG:"))
            .and_then(|_| given[3..].split_once(':')),
    };
    let code = match parts {
        Some((district, _)) if district != in_district => return None,
        Some((_, code)) => code.trim_end_matches('/'),
        None => given.as_str(),
    };
    Some(code.to_uppercase())
}

/// The codes in a text that was scanned or typed, one after the other. What belongs to another district stays as it
/// is, so that it is told as unknown.
pub fn codes_in(given: &str, in_district: &str) -> Vec<String> {
    let given = documents::values::fold_width(given);
    let between =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | '、' | ';' | '，' | '；' | '。');
    let mut codes = Vec::new();
    for part in given.split(between).filter(|part| !part.is_empty()) {
        if part.contains("/q/") || part.contains(':') {
            codes.push(code_in(part, in_district).unwrap_or_else(|| part.to_string()));
            continue;
        }
        let bare = part.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
        codes.extend(bare.filter(|code| !code.is_empty()).map(str::to_uppercase));
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for (written, kept) in [
            ("https://BG.Example.cn/", "https://bg.example.cn"),
            (" http://10.0.0.5:8080 ", "http://10.0.0.5:8080"),
            ("http://[2001:db8::5]:8080", "http://[2001:db8::5]:8080"),
            ("http://[2001:db8::5]", "http://[2001:db8::5]"),
            ("", ""),
        ] {
            assert_eq!(origin(written).unwrap(), kept);
        }
        for wrong in [
            "bg.example.cn",
            "ftp://bg.example.cn",
            "https://bg.example.cn/app",
            "https://user@bg.example.cn",
            "https://保供.中国",
            "http://bg.example.cn:0",
            "http://bg.example.cn:99999",
            "http://",
            "http://[::1",
            "https://bg..example.cn:port",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
        assert!(origin(&format!("https://{}", "b".repeat(52))).is_ok());
        assert!(origin(&format!("https://{}", "b".repeat(53))).is_err());
    }

    #[test]
    fn every_form_of_a_code_reads_back() {
        let code = "R012-03-0007-4";
        for given in [
            of_code("https://bg.example.cn", "431023", code),
            of_code("", "431023", code),
            code.to_string(),
            code.to_lowercase(),
            format!(" ｈｔｔｐ://10.0.0.5:8080/q/431023/{code}?x=1 "),
        ] {
            assert_eq!(code_in(&given, "431023").as_deref(), Some(code), "{given}");
        }
        assert_eq!(code_in("BG:500101:R012-03-0007-4", "431023"), None);
        assert_eq!(code_in("https://x/q/500101/R012-03-0007-4", "431023"), None);
    }

    #[test]
    fn a_field_takes_codes_in_any_form_one_after_the_other() {
        let given = "https://bg.cn/q/431023/R1-01-X01-2\nBG:431023:R1-01-X02-0，r1-01-x03-8/R1-01-X04-6";
        assert_eq!(
            codes_in(given, "431023"),
            ["R1-01-X01-2", "R1-01-X02-0", "R1-01-X03-8", "R1-01-X04-6"]
        );
        assert_eq!(
            codes_in("BG:500101:R1-01-X02-0", "431023"),
            ["BG:500101:R1-01-X02-0"]
        );
    }
}
