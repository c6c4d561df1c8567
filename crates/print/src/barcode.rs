//! Linear bar codes: Code 128 (ISO/IEC 15417), and GS1-128 with the serial shipping container code of a box
//! (SSCC, GS1 General Specifications).

use barcoders::sym::code128::Code128;

use crate::Fault;

/// Digits of an SSCC, the check digit among them.
const SSCC_DIGITS: usize = 18;
/// What the encoder takes as the start in set B (all printable ASCII), in set C (pairs of digits), and as FNC1.
const SET_B: char = '\u{0181}';
const SET_C: char = '\u{0106}';
const FNC1: char = '\u{0179}';

/// The check digit of GS1 codes (modulo 10, weights 3 and 1 from the right); `None` unless all are digits.
pub fn check_digit(digits: &str) -> Option<u32> {
    let mut sum = 0;
    for (index, digit) in digits.chars().rev().enumerate() {
        let weight = if index.is_multiple_of(2) { 3 } else { 1 };
        sum += digit.to_digit(10)? * weight;
    }
    Some((10 - sum % 10) % 10)
}

/// An SSCC: the extension digit, the company prefix that GS1 gave to the supplier, and the number of the box, filled
/// to 17 digits and followed by the check digit. `None` if the prefix is not 4 to 12 digits or the number too long.
pub fn sscc(extension: u8, company_prefix: &str, serial: u64) -> Option<String> {
    if extension > 9 || !(4..=12).contains(&company_prefix.len()) {
        return None;
    }
    let serial_digits = SSCC_DIGITS - 2 - company_prefix.len();
    let body = format!("{extension}{company_prefix}{serial:0serial_digits$}");
    let check = check_digit(&body).filter(|_| body.len() == SSCC_DIGITS - 1)?;
    Some(format!("{body}{check}"))
}

/// A bar code as modules from left to right, dark ones `true`, without quiet zones.
pub type Modules = Vec<bool>;

/// The SSCC as GS1-128 with application identifier 00.
///
/// # Errors
/// [`Fault::BarCode`] if it is not 18 digits or the check digit is wrong.
pub fn gs1_128(sscc: &str) -> Result<Modules, Fault> {
    let fault = || Fault::BarCode(sscc.to_string());
    let body = sscc.get(..SSCC_DIGITS - 1).ok_or_else(fault)?;
    let check = check_digit(body).ok_or_else(fault)?;
    if sscc != format!("{body}{check}") {
        return Err(fault());
    }
    encode(&format!("{SET_C}{FNC1}00{sscc}")).ok_or_else(fault)
}

/// Text in printable ASCII as Code 128; an even run of digits takes half the width.
///
/// # Errors
/// [`Fault::BarCode`] for other characters.
pub fn code_128(text: &str) -> Result<Modules, Fault> {
    let fault = || Fault::BarCode(text.to_string());
    if !text.chars().all(|letter| matches!(letter, ' '..='~')) {
        return Err(fault());
    }
    let pairs = text.len().is_multiple_of(2) && text.chars().all(|letter| letter.is_ascii_digit());
    let set = if pairs { SET_C } else { SET_B };
    encode(&format!("{set}{text}")).ok_or_else(fault)
}

/// The human-readable line below an SSCC.
pub fn sscc_text(sscc: &str) -> String {
    format!("(00) {sscc}")
}

fn encode(data: &str) -> Option<Modules> {
    let modules = Code128::new(data).ok()?.encode();
    Some(modules.into_iter().map(|module| module == 1).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The SSCC and the article number that GS1 works out as examples.
    #[test]
    fn check_digits_are_those_of_the_standard() {
        assert_eq!(check_digit("37610425002123456"), Some(9));
        assert_eq!(check_digit("629104150021"), Some(3));
        assert_eq!(check_digit("12a"), None);
        assert_eq!(
            sscc(3, "7610425", 2_123_456).as_deref(),
            Some("376104250021234569")
        );
        assert_eq!(sscc(0, "6901234", 7).as_deref(), Some("069012340000000078"));
        assert_eq!(sscc(0, "690", 7), None);
        assert_eq!(sscc(0, "690123456789", 10_000), None);
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        assert!(gs1_128("376104250021234569").is_ok());
        for wrong in [
            "376104250021234560",
            "37610425002123456",
            "3761042500212345690",
            "",
            "保",
        ] {
            assert_eq!(gs1_128(wrong), Err(Fault::BarCode(wrong.to_string())));
        }
        assert_eq!(code_128("箱1"), Err(Fault::BarCode("箱1".to_string())));
    }

    /// Start, symbols, check symbol of 11 modules each, and a stop of 13 (ISO/IEC 15417).
    #[test]
    fn a_code_has_as_many_modules_as_the_standard_says() {
        assert_eq!(
            gs1_128("376104250021234569").unwrap().len(),
            11 * (1 + 1 + 10 + 1) + 13
        );
        assert_eq!(code_128("B00317").unwrap().len(), 11 * (1 + 6 + 1) + 13);
        assert_eq!(code_128("003170").unwrap().len(), 11 * (1 + 3 + 1) + 13);
    }

    proptest! {
        #[test]
        fn every_number_makes_a_valid_sscc(extension in 0_u8..10, prefix in "[0-9]{7,9}", serial in 0_u64..10_000_000) {
            let code = sscc(extension, &prefix, serial).unwrap();
            prop_assert_eq!(code.len(), 18);
            prop_assert!(gs1_128(&code).is_ok());
        }
    }
}
