//! Icons, drawn as strokes on a field of 24 × 24.

use maud::{Markup, PreEscaped, html};

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident => $shape:literal,)+) => {
        /// An icon. It takes the colour and size of the text beside it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Icon { $($(#[$doc])* $name,)+ }

        impl Icon {
            /// All icons.
            pub const ALL: &'static [Icon] = &[$(Icon::$name,)+];

            /// The strokes, as SVG.
            fn shape(self) -> &'static str {
                match self { $(Icon::$name => $shape,)+ }
            }
        }
    };
}

icons! {
    /// Start page.
    Home => r#"<path d="M3.5 11 12 4l8.5 7M5.5 9.5V20h13V9.5M10 20v-5.5h4V20"/>"#,
    /// Map.
    Map => r#"<path d="m3.5 6 5.5-2 6 2 5.5-2v14L15 20l-6-2-5.5 2zM9 4v14M15 6v14"/>"#,
    /// A place on the map.
    Pin => r#"<path d="M12 21c4-4.5 6.5-7.7 6.5-11a6.5 6.5 0 0 0-13 0c0 3.3 2.5 6.5 6.5 11z"/><circle cx="12" cy="10" r="2.3"/>"#,
    /// Residents.
    People => r#"<circle cx="9" cy="8" r="3.3"/><path d="M3 20c.3-3.7 2.5-5.8 6-5.8s5.7 2.1 6 5.8M15.5 5a3.2 3.2 0 0 1 0 6M17.5 14.6c2.1.8 3.3 2.6 3.5 5.4"/>"#,
    /// One person.
    Person => r#"<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20.5c.4-4.2 3.2-6.5 7.5-6.5s7.1 2.3 7.5 6.5"/>"#,
    /// Household.
    House => r#"<path d="M4 20.5V9.8L12 4l8 5.8v10.7zM12 17.5c-2.3-1.7-3.3-2.9-3.3-4.3a1.7 1.7 0 0 1 3.3-.6 1.7 1.7 0 0 1 3.3.6c0 1.4-1 2.6-3.3 4.3z"/>"#,
    /// Compound or building.
    Building => r#"<path d="M4 20.5V5l8-1.5v17M12 9h8v11.5M2.5 20.5h19M7 8.5h2M7 12h2M7 15.5h2M15 12.5h2M15 16h2"/>"#,
    /// Supplier or outlet.
    Store => r#"<path d="M4 10.5V20h16v-9.5M3 8.5 5 4h14l2 4.5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0zM10 20v-5.5h4V20"/>"#,
    /// Pack or standard box.
    Box => r#"<path d="m3.5 7.5 8.5-4 8.5 4v9l-8.5 4-8.5-4zM3.5 7.5l8.5 4 8.5-4M12 11.5v9M7.7 5.5l8.5 4"/>"#,
    /// Purchase order.
    Basket => r#"<path d="M3 10h18l-2 10H5zM7.5 10 11 4M16.5 10 13 4M9.5 13.5v3M14.5 13.5v3"/>"#,
    /// Vehicle.
    Truck => r#"<path d="M2.5 6h11v11h-11zM13.5 10h4l4 3.5V17h-8"/><circle cx="7" cy="18" r="2"/><circle cx="17.5" cy="18" r="2"/>"#,
    /// Trip over several stops.
    Route => r#"<circle cx="6" cy="18.5" r="2.3"/><circle cx="18" cy="5.5" r="2.3"/><path d="M8.3 18.5H15a3.3 3.3 0 0 0 0-6.6H9a3.2 3.2 0 0 1 0-6.4h6.7"/>"#,
    /// List.
    List => r#"<path d="M9 6h11.5M9 12h11.5M9 18h11.5M4 6h.5M4 12h.5M4 18h.5"/>"#,
    /// Form or check list.
    Clipboard => r#"<path d="M8.5 5H5.5v15.5h13V5h-3M8.5 3.5h7v3.5h-7zM8.5 13.5l2.3 2.3 4.7-4.8"/>"#,
    /// Document or report.
    Document => r#"<path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6.5M9 16h6.5"/>"#,
    /// Money.
    Wallet => r#"<path d="M18 8V4.5L4.5 6.5M3.5 7v12.5h17V8.5H5A1.5 1.5 0 0 1 3.5 7zM20.5 12H16a2 2 0 0 0 0 4h4.5"/>"#,
    /// Figures.
    Chart => r#"<path d="M4 4v16h16.5M8 16.5v-4M12.5 16.5v-9M17 16.5V10.5"/>"#,
    /// Control level or pass.
    Shield => r#"<path d="M12 3.5 19.5 6v5.8c0 4.4-3 7.3-7.5 8.9-4.5-1.6-7.5-4.5-7.5-8.9V6zM8.8 12l2.3 2.3 4.2-4.4"/>"#,
    /// Notification.
    Bell => r#"<path d="M5 17.5h14c-1.5-1.5-2-3-2-6.5a5 5 0 0 0-10 0c0 3.5-.5 5-2 6.5zM10 17.5a2 2 0 0 0 4 0M12 6V3.5"/>"#,
    /// Announcement.
    Horn => r#"<path d="M4 9.5v5h3.5l8.5 4.5V5L7.5 9.5zM7.5 14.5 9 20h2.5M19 9.5a4 4 0 0 1 0 5"/>"#,
    /// Settings.
    Gear => r#"<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1"/>"#,
    /// Search.
    Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
    /// Telephone.
    Phone => r#"<path d="M5 3.5h3.5l1.8 4.5-2.3 1.7a12 12 0 0 0 6.3 6.3l1.7-2.3 4.5 1.8V19c0 1-.8 1.7-1.7 1.6C10.7 20 4 13.3 3.4 5.2 3.3 4.3 4 3.5 5 3.5z"/>"#,
    /// Message or chain message.
    Message => r#"<path d="M3.5 4.5h17v12.5h-9L7 20.5V17H3.5zM7.5 9h9M7.5 12.5h6"/>"#,
    /// Print.
    Print => r#"<path d="M7 9V3.5h10V9M7 17H3.5V9h17v8H17M7 14h10v6.5H7z"/>"#,
    /// Import.
    Upload => r#"<path d="M12 15.5V4M7.5 8.5 12 4l4.5 4.5M4 15.5v5h16v-5"/>"#,
    /// Export.
    Download => r#"<path d="M12 4v11.5M7.5 11l4.5 4.5 4.5-4.5M4 15.5v5h16v-5"/>"#,
    /// Copy.
    Copy => r#"<path d="M8.5 8.5h12v12h-12zM15.5 8.5v-5h-12v12h5"/>"#,
    /// Done or good.
    Check => r#"<path d="m4.5 12.5 5 5 10-11"/>"#,
    /// Time or waiting.
    Clock => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.5 2"/>"#,
    /// Date.
    Calendar => r#"<path d="M4 5.5h16v15H4zM4 10h16M8.5 3v5M15.5 3v5"/>"#,
    /// Needs attention.
    Alert => r#"<path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.2"/>"#,
    /// Wrong.
    Stop => r#"<circle cx="12" cy="12" r="8.8"/><path d="M12 7.3v5.7M12 16.5v.2"/>"#,
    /// Explanation.
    Info => r#"<circle cx="12" cy="12" r="8.8"/><path d="M12 11v5.7M12 7.5v.2"/>"#,
    /// Question or help.
    Help => r#"<circle cx="12" cy="12" r="8.8"/><path d="M9.3 9.5a2.7 2.7 0 1 1 4 2.4c-1 .5-1.3 1-1.3 2M12 16.8v.2"/>"#,
    /// Menu.
    Menu => r#"<path d="M4 6.5h16M4 12h16M4 17.5h16"/>"#,
    /// Close.
    Close => r#"<path d="m5.5 5.5 13 13M18.5 5.5l-13 13"/>"#,
    /// More of something.
    Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
    /// Less of something.
    Minus => r#"<path d="M5 12h14"/>"#,
    /// Forwards.
    Next => r#"<path d="m9 5 7 7-7 7"/>"#,
    /// Backwards.
    Back => r#"<path d="m15 5-7 7 7 7"/>"#,
    /// Change.
    Edit => r#"<path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5"/>"#,
    /// Remove.
    Trash => r#"<path d="M4 6.5h16M9 6.5v-3h6v3M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6"/>"#,
    /// Look at.
    Eye => r#"<path d="M2.5 12C5 7.5 8 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.5 6.5-9.5 6.5S5 16.5 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>"#,
    /// Closed or secret.
    Lock => r#"<path d="M5 10.5h14v10H5zM8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2.5"/>"#,
    /// Scan a code.
    Scan => r#"<path d="M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5M4 12h16"/>"#,
    /// Photograph.
    Camera => r#"<path d="M3.5 7.5h4L9 5h6l1.5 2.5h4v12h-17z"/><circle cx="12" cy="13" r="3.5"/>"#,
    /// Language.
    Globe => r#"<circle cx="12" cy="12" r="8.8"/><path d="M3.2 12h17.6M12 3.2c-5 5.5-5 12 0 17.6M12 3.2c5 5.5 5 12 0 17.6"/>"#,
    /// Size of text.
    Letters => r#"<path d="M2.5 19 8 5.5 13.5 19M4.5 14.5h7M14.5 19l3.5-8.5 3.5 8.5M15.8 16h4.4"/>"#,
    /// Care or special need.
    Heart => r#"<path d="M12 20C6 15.5 3.5 12.6 3.5 9A4.5 4.5 0 0 1 12 7.2 4.5 4.5 0 0 1 20.5 9c0 3.6-2.5 6.5-8.5 11z"/>"#,
    /// Medicine.
    Pill => r#"<path d="M4.8 12.3 12.3 4.8a4.9 4.9 0 0 1 6.9 6.9l-7.5 7.5a4.9 4.9 0 0 1-6.9-6.9zM8.5 8.5l7 7"/>"#,
    /// Vegetables or farm.
    Leaf => r#"<path d="M5 19C4 10 9 4.5 19.5 4.5 20 14.5 15 19.5 7.5 17M4 20.5c2-5 5-8 9.5-10"/>"#,
    /// Price or weight.
    Scale => r#"<path d="M12 4v16.5M7.5 20.5h9M5 7h14M5 7l-2.5 7a2.6 2.6 0 0 0 5 0zM19 7l-2.5 7a2.6 2.6 0 0 0 5 0z"/>"#,
    /// Directive.
    Flag => r#"<path d="M5.5 21V4M5.5 5c4-2 7 2 13 0v9c-6 2-9-2-13 0"/>"#,
    /// Again.
    Refresh => r#"<path d="M20 5v5h-5M4 19v-5h5M5 9.5A7.5 7.5 0 0 1 18.5 7.5L20 10M19 14.5A7.5 7.5 0 0 1 5.5 16.5L4 14"/>"#,
    /// Hand-over.
    Hand => r#"<path d="M3 13h3.5l2.5-1.5h4a1.7 1.7 0 0 1 0 3.4h-3M13.5 14l4.5-2.8a1.6 1.6 0 0 1 1.9 2.5L14 19H3M8.5 5.5h7v4h-7z"/>"#,
    /// Gate or checkpoint.
    Gate => r#"<path d="M4.5 20.5V9M2.5 20.5h5M4.5 10.5 21 7M4.5 14 21 10.5V7M12 9v3.5M16.5 8v3.5"/>"#,
    /// Sign out.
    Exit => r#"<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>"#,
    /// Other things.
    More => r#"<path d="M5 12h.1M12 12h.1M19 12h.1"/>"#,
}

/// The icon as inline SVG. It is hidden from screen readers, so words must stand beside it.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
            (PreEscaped(icon.shape()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_draws_something_of_its_own() {
        let mut shapes: Vec<_> = Icon::ALL.iter().map(|icon| icon.shape()).collect();
        assert!(shapes.iter().all(|shape| shape.contains(" d=\"")));
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!(shapes.len(), Icon::ALL.len());
        for one in Icon::ALL {
            let text = icon(*one).into_string();
            assert!(text.starts_with("<svg") && text.ends_with("</svg>"), "{one:?}");
        }
    }
}
