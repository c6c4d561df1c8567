//! The component kit of server-rendered pages: data in, [`Markup`] out.
//!
//! The kit knows neither the business nor an HTTP framework. Pages follow a strict content security policy:
//! no inline script, no inline style, nothing from foreign hosts. Every form works as a plain POST; scripts
//! only make it quicker. Text is at least 18 px (22 px in elder mode), targets are at least 48 px, and colour
//! is never the only signal.
//!
//! A page is [`page`] (staff) or [`light_page`] (residents, signing in, errors) around components such as
//! [`section`], [`table`](fn@table), [`form`](fn@form) and [`Field`]. [`gallery`](fn@gallery) shows all of
//! them.

mod assets;
mod content;
mod field;
mod form;
mod gallery;
mod icon;
mod map;
mod order;
mod shell;
mod show;
mod table;
mod word;

pub use assets::{Asset, assets, fonts};
pub use content::{
    Tile, columns, crumbs, definitions, details, heading, live, section, section_with, tabs, tiles,
};
pub use field::Field;
pub use form::{
    actions, button, button_named, button_to, confirm_form, fields, form, key_button, key_link, link_button,
    link_button_with, live_form, print_button, row_form, search_bar, slow, upload_form,
};
pub use gallery::{gallery, gallery_resident};
pub use icon::{Icon, icon};
pub use map::{Map, MapArea, MapLine, MapPlace, MapPoint, PointKind, SINGLE_MAX, map, map_svg};
pub use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
pub use order::{copy_text, order_bar, stepper, stepper_priced};
pub use shell::{NavGroup, NavItem, Shell, light_page, page};
pub use show::{Step, StepState, badge, bars, empty, meter, notice, steps};
pub use table::{Column, TableRow, advance, pager, table};
pub use word::{Lang, Tone};

#[cfg(test)]
mod tests;
