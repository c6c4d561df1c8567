//! What a page is made of: headings, cards, figures, tabs and lists of facts.

use maud::{Markup, html};

use crate::{Icon, Tone, icon};

/// The heading of a page: title, one sentence about what the page is for, and what can be done.
pub fn heading(title: &str, lead: &str, actions: Markup) -> Markup {
    html! {
        div class="heading" {
            div class="heading-text" {
                h1 { (title) }
                @if !lead.is_empty() { p class="lead" { (lead) } }
            }
            div class="heading-actions" { (actions) }
        }
    }
}

/// The way from the start page to here, as pairs of address and words. The last one is this page; its address
/// may be empty.
pub fn crumbs(way: &[(String, String)]) -> Markup {
    html! {
        nav class="crumbs" aria-label="breadcrumb" {
            ol {
                @for (place, (href, label)) in way.iter().enumerate() {
                    li {
                        @if href.is_empty() || place + 1 == way.len() {
                            span aria-current=[(place + 1 == way.len()).then_some("page")] { (label) }
                        } @else {
                            a href=(href) { (label) }
                        }
                    }
                }
            }
        }
    }
}

/// A card with a heading. An empty title leaves the heading out.
pub fn section(title: &str, body: Markup) -> Markup {
    section_with(title, html! {}, body)
}

/// A card with a heading and what can be done with its content.
pub fn section_with(title: &str, actions: Markup, body: Markup) -> Markup {
    html! {
        section class="card" {
            @if !title.is_empty() {
                div class="card-head" { h2 { (title) } div class="card-actions" { (actions) } }
            }
            (body)
        }
    }
}

/// Cards side by side on a desk, one below the other on a phone and in elder mode.
pub fn columns(cards: &[Markup]) -> Markup {
    html! { div class="columns" { @for card in cards { (card) } } }
}

/// A figure that matters.
#[derive(Clone, Debug, Default)]
pub struct Tile {
    /// What is counted.
    pub label: String,
    /// The figure, ready to show.
    pub value: String,
    /// Its unit; may be empty.
    pub unit: String,
    /// Whether the figure is good or bad. The judgements also show an icon.
    pub tone: Tone,
    /// Where the figure is explained.
    pub href: Option<String>,
    /// A short remark below; may be empty.
    pub note: String,
}

/// A row of figures.
pub fn tiles(tiles: &[Tile]) -> Markup {
    html! {
        ul class="tiles" {
            @for tile in tiles {
                li {
                    @if let Some(href) = &tile.href {
                        a class={ "tile " (tile.tone.class()) } href=(href) { (tile_content(tile)) }
                    } @else {
                        div class={ "tile " (tile.tone.class()) } { (tile_content(tile)) }
                    }
                }
            }
        }
    }
}

fn tile_content(tile: &Tile) -> Markup {
    html! {
        span class="tile-label" {
            span { (tile.label) }
            @if let Some(sign) = tile.tone.sign() { (icon(sign)) }
        }
        span class="tile-value" {
            (tile.value)
            @if !tile.unit.is_empty() { span class="tile-unit" { (tile.unit) } }
        }
        @if !tile.note.is_empty() { span class="tile-note" { (tile.note) } }
    }
}

/// Views of the same thing, as address, words, whether it is the one shown, and how many it holds.
pub fn tabs(tabs: &[(String, String, bool, Option<i64>)]) -> Markup {
    html! {
        nav {
            ul class="tabs" {
                @for (href, label, active, count) in tabs {
                    li {
                        a class="tab" href=(href) aria-current=[active.then_some("page")] {
                            (label)
                            @if let Some(count) = count { span class="count" { (count) } }
                        }
                    }
                }
            }
        }
    }
}

/// Facts about one thing, as pairs of name and value.
pub fn definitions(facts: &[(String, Markup)]) -> Markup {
    html! {
        dl class="definitions" {
            @for (name, value) in facts { dt { (name) } dd { (value) } }
        }
    }
}

/// Something that opens when its summary is pressed.
pub fn details(summary: &str, body: Markup) -> Markup {
    html! {
        details class="details" {
            summary { (icon(Icon::Next)) (summary) }
            div class="details-body" { (body) }
        }
    }
}

/// A region that fetches itself again from the same page every `refresh_s` seconds while somebody looks at
/// it. The `id` must be unique on the page. Without scripts the region stays as it is.
pub fn live(id: &str, refresh_s: u32, body: Markup) -> Markup {
    html! { div id=(id) data-refresh-s=(refresh_s) { (body) } }
}
