//! Phone numbers, number plates, identity numbers and credit codes.

use super::{Problem, compact};

/// Phone number: mobile as 11 digits, landline as `023-58123456`, service number as 10 digits.
pub fn phone(text: &str) -> Result<String, Problem> {
    let mobile = |bytes: &[u8]| bytes.len() == 11 && bytes[0] == b'1' && bytes[1] >= b'3';
    if mobile(text.as_bytes()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_string());
    }
    let folded = compact(text);
    if folded.contains(['E', 'e']) && folded.contains('.') {
        return Err(Problem::new(
            "号码被表格改成了科学记数法，请把该列设为“文本”后重新填写",
            "the spreadsheet turned the number into scientific notation; format the column as text and enter it again",
        ));
    }
    let folded = folded.trim_start_matches('\'');
    let kept: String = folded
        .chars()
        .filter(|letter| !"-()_·. ".contains(*letter))
        .collect();
    let kept = kept
        .strip_prefix("+86")
        .or(kept.strip_prefix("0086"))
        .unwrap_or(&kept);
    let kept = if kept.len() == 13 && kept.starts_with("861") {
        &kept[2..]
    } else {
        kept
    };
    if kept.is_empty() || !kept.bytes().all(|byte| byte.is_ascii_digit()) {
        let several = kept.bytes().filter(u8::is_ascii_digit).count() >= 18;
        return Err(if several {
            Problem::new(
                "一格只填一个号码，其余号码写在备注里",
                "only one number per cell; put the others into the note",
            )
        } else {
            Problem::new("应为电话号码，只用数字", "should be a phone number in digits")
        });
    }
    let landline = |area: usize| format!("{}-{}", &kept[..area], &kept[area..]);
    let short_area = kept.starts_with("010") || kept.starts_with("02");
    match kept.len() {
        11 if kept.starts_with('1') && kept.as_bytes()[1] >= b'3' => Ok(kept.to_string()),
        11 if short_area => Ok(landline(3)),
        11 | 12 if kept.starts_with('0') && !short_area && !kept.starts_with("00") => Ok(landline(4)),
        7 | 8 if !kept.starts_with(['0', '1']) => Ok(kept.to_string()),
        10 if kept.starts_with("400") || kept.starts_with("800") => Ok(kept.to_string()),
        digits => Err(Problem::new(
            format!("号码有 {digits} 位；手机号应为 11 位且以 1 开头，座机要带区号，如 023-58123456"),
            format!(
                "the number has {digits} digits; a mobile number has 11 and begins with 1, a landline needs its area code, such as 023-58123456"
            ),
        )),
    }
}

/// The phone numbers of a cell, each as [`phone`] gives it: several numbers one after the other, numbers beside
/// a name, an extension (转801), which is left out.
///
/// # Errors
///
/// As [`phone`] when no number can be told.
pub fn phones(text: &str) -> Result<Vec<String>, Problem> {
    let first = match phone(text) {
        Ok(number) => return Ok(vec![number]),
        Err(problem) => problem,
    };
    let folded = super::tidy(text).chars().map(super::fold).collect::<String>();
    let digit_or_sign = |letter: char| letter.is_ascii_digit() || "-+() ".contains(letter);
    let mut found: Vec<String> = Vec::new();
    for part in folded.split(|letter: char| !digit_or_sign(letter)) {
        // Blanks and dashes stand inside numbers as well as between them.
        let whole = phone(part).ok();
        let numbers = match whole {
            Some(number) => vec![number],
            None => part
                .split([' ', '-'])
                .filter_map(|piece| phone(piece).ok())
                .collect(),
        };
        for number in numbers {
            // A number of seven digits without its area code is more likely an extension or a room.
            let complete = number.len() >= 10;
            if complete && !found.contains(&number) {
                found.push(number);
            }
        }
    }
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    let used: usize = found
        .iter()
        .map(|number| number.chars().filter(char::is_ascii_digit).count())
        .sum();
    // Too many digits beside the numbers: something is wrong with one of them.
    if found.is_empty() || digits > used + 6 {
        return Err(first);
    }
    Ok(found)
}

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// Number plate in capitals without separators: seven characters, or eight for new-energy vehicles (GA 36).
pub fn plate(text: &str) -> Result<String, Problem> {
    let plate: String = compact(text)
        .to_uppercase()
        .chars()
        .filter(|letter| !"·-•.*#".contains(*letter))
        .collect();
    let letters: Vec<char> = plate.chars().collect();
    let special = letters
        .last()
        .is_some_and(|letter| "学警挂港澳领试超".contains(*letter));
    let body = if special {
        &letters[..letters.len() - 1]
    } else {
        &letters[..]
    };
    let valid = matches!(letters.len(), 7 | 8)
        && PROVINCES.contains(letters[0])
        && letters[1].is_ascii_uppercase()
        && body[2..]
            .iter()
            .all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase());
    // GA 36 leaves out I and O in the serial; they are written for 1 and 0.
    if valid && body[2..].iter().any(|letter| "IO".contains(*letter)) {
        return Err(Problem::new(
            "车牌序号中没有字母 I 和 O，请核对是否为数字 1 和 0",
            "serials of number plates have no letters I and O; check for the digits 1 and 0",
        ));
    }
    if valid {
        Ok(plate)
    } else {
        Err(Problem::new(
            "应为车牌号，如 渝F12345",
            "should be a number plate, such as 渝F12345",
        ))
    }
}

/// Check character of the first seventeen digits (GB 11643-1999).
fn id_check(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(byte, weight)| u32::from(byte.saturating_sub(b'0')) * weight)
        .sum();
    CHECKS[(sum % 11) as usize]
}

/// The number of 18 characters for one of the first generation with 15 digits.
fn first_generation(number: &str) -> Option<String> {
    if number.len() != 15 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = format!("{}19{}", &number[..6], &number[6..]);
    let check = char::from(id_check(whole.as_bytes()));
    Some(format!("{whole}{check}"))
}

/// Resident identity number of 18 characters, check character verified (GB 11643-1999).
pub fn id_number(text: &str) -> Result<String, Problem> {
    let folded = compact(text).to_uppercase();
    let number = folded.trim_start_matches('\'');
    let bytes = number.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        let lost = number.contains("E+");
        return Err(if lost {
            Problem::new(
                "身份证号被表格改成了科学记数法，请把该列设为“文本”后重新填写",
                "the spreadsheet turned the number into scientific notation; format the column as text and enter it again",
            )
        } else {
            match first_generation(number) {
                Some(whole) => Problem::new(
                    format!("这是 15 位的旧身份证号，已停用；请核对新证，应为 {whole}"),
                    format!(
                        "this is an identity number of the old kind with 15 digits; the new one should be {whole}"
                    ),
                ),
                None => Problem::new(
                    format!("身份证号应为 18 位，这里有 {} 位", number.chars().count()),
                    format!(
                        "an identity number has 18 characters, not {}",
                        number.chars().count()
                    ),
                ),
            }
        });
    }
    let month: u32 = number[10..12].parse().unwrap_or(0);
    let day: u32 = number[12..14].parse().unwrap_or(0);
    let wrong = id_check(&bytes[..17]) != bytes[17];
    // A spreadsheet keeps fifteen digits of a number and writes zeros for the rest.
    if wrong && number.ends_with("000") {
        return Err(Problem::new(
            "身份证号末三位是 000，多半是按数字保存时丢失了；请把该列设为“文本”后重新填写",
            "the last three digits are 000, probably lost because the cell was saved as a number; format the column as text and enter it again",
        ));
    }
    if wrong || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(Problem::new(
            "身份证号校验不通过，请核对（按数字保存的单元格末几位会变成 0）",
            "the check character does not fit; compare with the card (cells saved as numbers lose the last digits)",
        ));
    }
    Ok(number.to_string())
}

/// Unified social credit code of 18 characters, check character verified (GB 32100-2015).
pub fn credit_code(text: &str) -> Result<String, Problem> {
    const LETTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let code = compact(text).to_uppercase();
    let places: Option<Vec<usize>> = code
        .bytes()
        .map(|byte| LETTERS.iter().position(|letter| *letter == byte))
        .collect();
    let places = places.filter(|places| places.len() == 18).ok_or_else(|| {
        Problem::new(
            "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）",
            "a credit code has 18 digits and capitals (without I, O, S, V, Z)",
        )
    })?;
    let mut weight = 1;
    let mut sum = 0;
    for place in &places[..17] {
        sum += place * weight;
        weight = weight * 3 % 31;
    }
    if (31 - sum % 31) % 31 != places[17] {
        return Err(Problem::new(
            "统一社会信用代码校验不通过，请核对营业执照",
            "the check character does not fit; compare with the licence",
        ));
    }
    Ok(code)
}

/// GS1 company prefix: 4 to 12 digits; one that was given in China begins with 690 to 699 and has 7 to 10.
pub fn company_prefix(text: &str) -> Result<String, Problem> {
    let prefix = compact(text);
    let chinese = prefix.starts_with("69");
    let fits = if chinese {
        (7..=10).contains(&prefix.len())
    } else {
        (4..=12).contains(&prefix.len())
    };
    if !fits || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(
            "厂商识别代码应为数字：690 至 699 开头的 7 至 10 位，境外的 4 至 12 位；不是商品条码",
            "a company prefix is digits: 7 to 10 of them behind 690 to 699, 4 to 12 abroad; it is not the code of a good",
        ));
    }
    Ok(prefix)
}
