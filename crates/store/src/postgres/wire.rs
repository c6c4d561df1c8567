//! Values in the binary format of PostgreSQL.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::Value;

type Boxed = Box<dyn Error + Sync + Send>;

/// Whether a column of this type is read as a [`Value`].
pub(super) fn gives(kind: &Type) -> bool {
    is_text(kind)
        || matches!(
            *kind,
            Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::BOOL
                | Type::FLOAT4
                | Type::FLOAT8
                | Type::NUMERIC
                | Type::BYTEA
                | Type::UUID
        )
}

fn is_text(kind: &Type) -> bool {
    matches!(
        *kind,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
    )
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(integer), &Type::INT8) => integer.to_sql(kind, out),
            (Self::Int(integer), &Type::INT4) => i32::try_from(*integer)?.to_sql(kind, out),
            (Self::Int(integer), &Type::INT2) => i16::try_from(*integer)?.to_sql(kind, out),
            (Self::Int(0), &Type::BOOL) => false.to_sql(kind, out),
            (Self::Int(1), &Type::BOOL) => true.to_sql(kind, out),
            (Self::Int(integer), &Type::FLOAT8) => (*integer as f64).to_sql(kind, out),
            (Self::Int(integer), &Type::FLOAT4) => (*integer as f32).to_sql(kind, out),
            (Self::Int(integer), &Type::NUMERIC) => {
                write_numeric(*integer, out);
                Ok(IsNull::No)
            }
            (Self::Real(real), &Type::FLOAT8) => real.to_sql(kind, out),
            (Self::Real(real), &Type::FLOAT4) => (*real as f32).to_sql(kind, out),
            (Self::Text(text), kind) if is_text(kind) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            (Self::Blob(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            (Self::Blob(bytes), &Type::UUID) if bytes.len() == 16 => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
            (value, kind) => Err(format!("{} does not fit the type {kind}", value.kind()).into()),
        }
    }

    fn accepts(kind: &Type) -> bool {
        // Refusals come from `to_sql`, which can name the value as well.
        let _ = kind;
        true
    }

    to_sql_checked!();
}

/// A column on its way to becoming a [`Value`].
pub(super) struct Cell(pub(super) Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        let value = match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::from(i32::from_sql(kind, raw)?),
            Type::INT2 => Value::from(i16::from_sql(kind, raw)?),
            Type::BOOL => Value::from(bool::from_sql(kind, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Value::Real(f64::from(f32::from_sql(kind, raw)?)),
            Type::NUMERIC => read_numeric(raw)?,
            Type::BYTEA | Type::UUID => Value::Blob(raw.to_vec()),
            _ => Value::Text(std::str::from_utf8(raw)?.to_owned()),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Boxed> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        gives(kind)
    }
}

/// Reads a decimal number: sums of BIGINT have this type. Whole numbers become integers, others floating-point numbers.
/// Format: number of digits to base 10,000, weight of the first, sign, decimal places shown, digits; 16 bits each
/// (PostgreSQL, `numeric_send`).
fn read_numeric(raw: &[u8]) -> Result<Value, Boxed> {
    let mut words = raw
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_be_bytes(*pair));
    let mut next = || words.next().ok_or("a decimal number is cut short");
    let count = next()?;
    let mut weight = i32::from(next()?.cast_signed());
    let sign = next()?;
    next()?;
    if !matches!(sign, 0 | 0x4000) {
        return Err("a decimal number is infinite or not a number".into());
    }
    let (mut whole, mut fraction) = (0_i128, 0_f64);
    for _ in 0..count {
        let digit = next()?;
        if weight >= 0 {
            whole = whole
                .checked_mul(10_000)
                .and_then(|whole| whole.checked_add(i128::from(digit)))
                .ok_or("a decimal number is too large")?;
        } else {
            fraction += f64::from(digit) * 10_000_f64.powi(weight);
        }
        weight -= 1;
    }
    // Zeros at the end are not sent.
    for _ in 0..=weight {
        whole = whole.checked_mul(10_000).ok_or("a decimal number is too large")?;
    }
    let negative = sign == 0x4000;
    if fraction == 0.0 {
        let whole = if negative { -whole } else { whole };
        return Ok(Value::Int(i64::try_from(whole)?));
    }
    let real = whole as f64 + fraction;
    Ok(Value::Real(if negative { -real } else { real }))
}

fn write_numeric(integer: i64, out: &mut BytesMut) {
    let mut digits = Vec::new();
    let mut rest = integer.unsigned_abs();
    while rest > 0 {
        // The remainder is below 10,000.
        digits.push((rest % 10_000) as u16);
        rest /= 10_000;
    }
    // A 64-bit integer has at most five digits to this base.
    let count = digits.len() as u16;
    let sign: u16 = if integer < 0 { 0x4000 } else { 0 };
    for word in [count, count.saturating_sub(1), sign, 0]
        .into_iter()
        .chain(digits.into_iter().rev())
    {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn integers_survive_the_decimal_format(integer: i64) {
            let mut out = BytesMut::new();
            write_numeric(integer, &mut out);
            prop_assert_eq!(read_numeric(&out).unwrap(), Value::Int(integer));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(raw in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = read_numeric(&raw);
        }
    }

    #[test]
    fn zeros_at_the_end_are_put_back() {
        // 20,000 is sent as the single digit 2 with weight 1; 1.5 as the digits 1 and 5,000.
        assert_eq!(
            read_numeric(&[0, 1, 0, 1, 0, 0, 0, 0, 0, 2]).unwrap(),
            Value::Int(20_000)
        );
        assert_eq!(
            read_numeric(&[0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0x13, 0x88]).unwrap(),
            Value::Real(1.5)
        );
        assert_eq!(
            read_numeric(&[0, 1, 0xff, 0xff, 0x40, 0, 0, 1, 0x13, 0x88]).unwrap(),
            Value::Real(-0.5)
        );
    }
}
