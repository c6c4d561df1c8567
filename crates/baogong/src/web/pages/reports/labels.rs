//! Labels for bags and boxes (DX-3, FC-4, FC-9) and signs (DX-3), as PDF or for the browser to print.

use axum::extract::RawQuery;
use print::{BoxSheet, LabelSheet, Sign};

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::{PDF, Web};
use super::super::super::serve::printer;
use super::sheets::{self, Paper};
use super::{blocking, document_fault, note};
use crate::base::id::RoundId;
use crate::base::{Action, Refusal, Result};
use crate::report::documents::print_lang;
use crate::report::labels::{Place, bag_labels, box_labels, no_bags, no_boxes};
use crate::report::signs::{self, Foot};
use crate::round::open::RoundRef;

fn reference(web: &Web, fields: &Fields) -> Result<RoundRef> {
    let id: RoundId = fields
        .get("round")
        .parse()
        .map_err(|_| Refusal::not_found("轮次", "round"))?;
    Ok(RoundRef {
        district: web.district()?,
        id,
    })
}

fn asked(query: Option<String>) -> Fields {
    Fields::of_query(&query.unwrap_or_default())
}

pub(super) async fn bags(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let ctx = web.ctx()?;
    let at = reference(&web, &fields)?;
    let area = web.area(fields.get("compound"))?;
    ctx.actor.check(Action::ViewRounds, &area)?;
    let sheet = match fields.get("sheet") {
        "roll" => LabelSheet::Roll100x70,
        "continuous" => LabelSheet::Continuous80,
        _ => LabelSheet::A4x24,
    };
    let (maker, lang, of, within_area, origin) =
        (ctx.clone(), web.lang, at.clone(), area.clone(), web.origin());
    let labels = web
        .app
        .read(move |tx| {
            let place = Place {
                round: &of,
                area: &within_area,
                origin: &origin,
            };
            bag_labels(tx, &maker, lang, &place)
        })
        .await?;
    if labels.is_empty() {
        return Err(no_bags().into());
    }
    let in_browser = fields.get("format") == "page";
    if in_browser {
        sheets::check_number(labels.len().div_ceil(sheet.labels_per_page()))?;
    }
    note(&web, &ctx, Action::ViewRounds, &area, format!("labels {}", at.id)).await?;
    let printer = printer()?.with_lang(print_lang(lang));
    if in_browser {
        let pictures =
            blocking(move || Ok(printer.label_pictures(sheet, &labels).map_err(document_fault)?)).await?;
        let paper = match sheet {
            LabelSheet::A4x24 => Paper::A4,
            LabelSheet::Roll100x70 => Paper::Roll100x70,
            LabelSheet::Continuous80 => Paper::Continuous80,
        };
        return Ok(sheets::page(&web, web.t("袋签", "Bag labels"), paper, &pictures));
    }
    let bytes = blocking(move || Ok(printer.labels(sheet, &labels).map_err(document_fault)?)).await?;
    Ok(web.file(web.t("袋签.pdf", "bag-labels.pdf"), PDF, bytes))
}

pub(super) async fn boxes(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let ctx = web.ctx()?;
    let at = reference(&web, &fields)?;
    let area = web.area(fields.get("compound"))?;
    ctx.actor.check(Action::ViewRounds, &area)?;
    let (sheet, paper) = match fields.get("sheet") {
        "large" => (BoxSheet::Roll100x150, Paper::Roll100x150),
        _ => (BoxSheet::Roll100x70, Paper::Roll100x70),
    };
    let (maker, lang, origin) = (ctx, web.lang, web.origin());
    let labels = web
        .app
        .read(move |tx| {
            let place = Place {
                round: &at,
                area: &area,
                origin: &origin,
            };
            box_labels(tx, &maker, lang, &place)
        })
        .await?;
    if labels.is_empty() {
        return Err(no_boxes().into());
    }
    let printer = printer()?.with_lang(print_lang(lang));
    if fields.get("format") == "page" {
        sheets::check_number(labels.len())?;
        let pictures = blocking(move || {
            Ok(printer
                .box_label_pictures(sheet, &labels)
                .map_err(document_fault)?)
        })
        .await?;
        return Ok(sheets::page(&web, web.t("箱签", "Box labels"), paper, &pictures));
    }
    let bytes = blocking(move || Ok(printer.box_labels(sheet, &labels).map_err(document_fault)?)).await?;
    Ok(web.file(web.t("箱签.pdf", "box-labels.pdf"), PDF, bytes))
}

/// The sign of one compound or site.
pub(super) async fn sign(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let code = match fields.get("site") {
        "" => fields.get("compound").to_string(),
        site => site.to_string(),
    };
    let (ctx, in_district, foot) = (web.ctx()?, web.district()?, foot(&web));
    let sign = web
        .app
        .read(move |tx| signs::one(tx, &ctx, &foot, &in_district, &code))
        .await?;
    let name = format!("{}{}.pdf", sign.place, web.t("标识", " sign"));
    print_signs(&web, &fields, &name, vec![sign]).await
}

/// The signs of an area: of its compounds, its sites, or all.
pub(super) async fn all_signs(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let (area, foot, of) = (
        web.area(fields.get("area"))?,
        foot(&web),
        fields.get("of").to_string(),
    );
    let signs = web
        .app
        .read(move |tx| signs::all(tx, &foot, &area, Some(of.as_str()).filter(|of| !of.is_empty())))
        .await?;
    print_signs(&web, &fields, web.t("标识.pdf", "signs.pdf"), signs).await
}

fn foot(web: &Web) -> Foot {
    Foot {
        lang: web.lang,
        site: web.shell("").site,
        origin: web.origin(),
    }
}

async fn print_signs(web: &Web, fields: &Fields, name: &str, signs: Vec<Sign>) -> Answer {
    let printer = printer()?.with_lang(print_lang(web.lang));
    if fields.get("format") == "page" {
        sheets::check_number(signs.len())?;
        let pictures = blocking(move || Ok(printer.sign_pictures(&signs).map_err(document_fault)?)).await?;
        return Ok(sheets::page(
            web,
            web.t("标识", "Signs"),
            Paper::A4Landscape,
            &pictures,
        ));
    }
    let bytes = blocking(move || Ok(printer.signs(&signs).map_err(document_fault)?)).await?;
    Ok(web.file(name, PDF, bytes))
}
