//! Keeping what is stored: backups, checks, published draws.

use std::path::Path;
use std::process::ExitCode;

use baogong::base::{App, Result, audit, book};
use baogong::coverage;
use baogong::round::ballot;

use super::USER_CASE;

/// Recomputes a published draw from its file.
pub fn verify_draw(file: &Path, noted: Option<&str>) -> Result<ExitCode> {
    let report = ballot::check::check(&std::fs::read_to_string(file)?);
    let other_commitment = noted.is_some_and(|noted| !noted.trim().eq_ignore_ascii_case(&report.commitment));
    if other_commitment {
        println!(
            "承诺码与您记下的不同：文件里是{0}。/ The commitment is not the one you noted; the file says {0}.",
            report.commitment
        );
    }
    for finding in &report.findings {
        println!("{} / {}", finding.zh, finding.en);
    }
    println!(
        "登记{}户，抽中{}户，按本户规则不能下单{}户。/ {0} requests, {1} drawn, {2} kept out by a rule of their own household.",
        report.requests, report.drawn, report.by_household_rule
    );
    if other_commitment || !report.findings.is_empty() {
        println!("结果不成立。/ The result does not follow.");
        return Ok(ExitCode::from(USER_CASE));
    }
    println!(
        "结果成立：由承诺码、登记清单和份额可以逐户算出。/ The result follows from commitment, requests and allotments."
    );
    Ok(ExitCode::SUCCESS)
}

/// Runs the verifiers on the data.
pub fn check(app: &App) -> Result<ExitCode> {
    let mut findings = app.db.integrity()?;
    findings.extend(app.db.read_blocking(|tx| -> Result<Vec<String>> {
        let mut findings = book::verify(tx)?;
        findings.extend(coverage::verify(tx)?);
        findings.extend(ballot::verify(tx)?);
        findings.extend(audit::verify(tx)?);
        Ok(findings)
    })?);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("一切正常 / all is well");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(USER_CASE))
}
