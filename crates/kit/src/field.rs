//! Fields of forms, with label, hint and error.

use std::fmt::Write as _;

use maud::{Escaper, Markup, PreEscaped, Render, html};

use crate::{Icon, icon};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Input(&'static str),
    Area,
    Select,
    Check,
    Radio,
}

#[derive(Clone, Debug)]
struct Choice {
    value: String,
    label: String,
    hint: String,
}

/// A field of a form. Build it with one of the constructors, add to it, and put it into `html!` as `(field)`.
///
/// ```
/// use kit::{Field, html};
/// let field = Field::tel("phone", "手机号").required().hint("送到时联系您").error("请填写 11 位手机号");
/// let markup = html! { (field) };
/// assert!(markup.into_string().contains("aria-invalid"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Field {
    kind: Kind,
    name: String,
    label: String,
    value: String,
    sends: String,
    hint: String,
    error: String,
    required: bool,
    small: bool,
    bare: bool,
    attributes: Vec<(&'static str, String)>,
    choices: Vec<Choice>,
}

impl Field {
    fn new(kind: Kind, name: &str, label: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            label: label.to_owned(),
            value: String::new(),
            sends: "1".to_owned(),
            hint: String::new(),
            error: String::new(),
            required: false,
            small: false,
            bare: false,
            attributes: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// One line of text.
    pub fn text(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("text"), name, label)
    }

    /// A telephone number.
    pub fn tel(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("tel"), name, label)
            .attr("inputmode", "tel")
            .attr("autocomplete", "tel")
    }

    /// A whole number, with the number keys on a phone. Limits are set with `.attr("min", …)` and
    /// `.attr("max", …)`.
    pub fn number(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("number"), name, label).attr("inputmode", "numeric")
    }

    /// A secret.
    pub fn password(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("password"), name, label).attr("autocomplete", "current-password")
    }

    /// A day, as `YYYY-MM-DD`.
    pub fn date(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("date"), name, label)
    }

    /// A time of day, as `HH:MM`.
    pub fn time(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("time"), name, label)
    }

    /// A day and time, as `YYYY-MM-DDTHH:MM`.
    pub fn datetime(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("datetime-local"), name, label)
    }

    /// A value that is not shown.
    pub fn hidden(name: &str, value: &str) -> Self {
        Self::new(Kind::Input("hidden"), name, "").value(value)
    }

    /// Several lines of text. With `.attr("data-draft", key)` unsent text is kept on the device.
    pub fn area(name: &str, label: &str) -> Self {
        Self::new(Kind::Area, name, label).attr("rows", "5")
    }

    /// A file, for [`upload_form`](crate::upload_form).
    pub fn file(name: &str, label: &str) -> Self {
        Self::new(Kind::Input("file"), name, label)
    }

    /// One of several options, as pairs of value and words.
    pub fn select<V: AsRef<str>, L: AsRef<str>>(name: &str, label: &str, options: &[(V, L)]) -> Self {
        let mut field = Self::new(Kind::Select, name, label);
        field.choices = options
            .iter()
            .map(|(value, words)| Choice {
                value: value.as_ref().to_owned(),
                label: words.as_ref().to_owned(),
                hint: String::new(),
            })
            .collect();
        field
    }

    /// Yes or no. A ticked box sends `1` unless [`Field::sends`] says otherwise; it is ticked when the value is `1`, `on` or `true`.
    pub fn check(name: &str, label: &str) -> Self {
        Self::new(Kind::Check, name, label)
    }

    /// One of a few options that are all shown, as value, words and hint.
    pub fn radio<V: AsRef<str>, L: AsRef<str>, H: AsRef<str>>(
        name: &str,
        label: &str,
        options: &[(V, L, H)],
    ) -> Self {
        let mut field = Self::new(Kind::Radio, name, label);
        field.choices = options
            .iter()
            .map(|(value, words, hint)| Choice {
                value: value.as_ref().to_owned(),
                label: words.as_ref().to_owned(),
                hint: hint.as_ref().to_owned(),
            })
            .collect();
        field
    }

    /// The value to show, or the option to choose.
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.to_owned();
        self
    }

    /// Whether a box is ticked.
    pub fn checked(self, checked: bool) -> Self {
        self.value(if checked { "1" } else { "" })
    }

    /// What a ticked box sends, where several boxes share a name.
    pub fn sends(mut self, value: &str) -> Self {
        self.sends = value.to_owned();
        self
    }

    /// A sentence that helps to fill it in.
    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = hint.to_owned();
        self
    }

    /// What is wrong with the value; an empty text means nothing is.
    pub fn error(mut self, error: &str) -> Self {
        self.error = error.to_owned();
        self
    }

    /// Must be filled in.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// An example inside the empty field.
    pub fn placeholder(self, placeholder: &str) -> Self {
        self.attr("placeholder", placeholder)
    }

    /// Any other attribute of the input; a second value for the same name replaces the first. `style` and
    /// `on…` are left out, because the content security policy forbids them.
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        if name == "style" || name.starts_with("on") {
            return self;
        }
        self.attributes.retain(|(known, _)| *known != name);
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// Shorter, for numbers and codes.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// Only the input, for cells of tables; the label is then for screen readers.
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// The input's id, where two forms of a page have fields of the same name. Else it is `field-<name>`.
    pub fn id(self, id: &str) -> Self {
        self.attr("id", id)
    }

    fn own_id(&self) -> String {
        let given = self.attributes.iter().find(|(name, _)| *name == "id");
        given.map_or_else(|| format!("field-{}", self.name), |(_, id)| id.clone())
    }

    fn ticked(&self) -> bool {
        matches!(self.value.as_str(), "1" | "on" | "true")
    }

    /// Attributes that every kind of input shares, each with a space before it.
    fn shared_attributes(&self) -> String {
        let id = self.own_id();
        let mut all: Vec<(&str, String)> = vec![("id", id.clone()), ("name", self.name.clone())];
        let described: Vec<String> = [(&self.hint, "hint"), (&self.error, "error")]
            .iter()
            .filter(|(text, _)| !text.is_empty() && !self.bare)
            .map(|(_, part)| format!("{id}-{part}"))
            .collect();
        if !described.is_empty() {
            all.push(("aria-describedby", described.join(" ")));
        }
        if self.bare {
            all.push(("aria-label", self.label.clone()));
        }
        if !self.error.is_empty() {
            all.push(("aria-invalid", "true".to_owned()));
        }
        all.extend(
            self.attributes
                .iter()
                .filter(|(name, _)| *name != "id")
                .map(|(name, value)| (*name, value.clone())),
        );
        let mut text = String::new();
        for (name, value) in all {
            push_attribute(&mut text, name, &value);
        }
        if self.required {
            text.push_str(" required");
        }
        text
    }

    fn input(&self) -> Markup {
        let shared = self.shared_attributes();
        let class = if self.bare { "input bare" } else { "input" };
        let mut text = String::new();
        match self.kind {
            Kind::Input(kind) => {
                text.push_str("<input");
                push_attribute(&mut text, "class", class);
                push_attribute(&mut text, "type", kind);
                text.push_str(&shared);
                if !self.value.is_empty() && kind != "file" {
                    push_attribute(&mut text, "value", &self.value);
                }
                text.push('>');
            }
            Kind::Area => {
                text.push_str("<textarea");
                push_attribute(&mut text, "class", class);
                text.push_str(&shared);
                // HTML drops one line break right after the tag, so that one is given for it to drop.
                text.push_str(">\n");
                push_escaped(&mut text, &self.value);
                text.push_str("</textarea>");
            }
            Kind::Check => {
                text.push_str("<input type=\"checkbox\"");
                push_attribute(&mut text, "value", &self.sends);
                text.push_str(&shared);
                text.push_str(if self.ticked() { " checked>" } else { ">" });
            }
            Kind::Select => {
                text.push_str("<select");
                push_attribute(&mut text, "class", class);
                text.push_str(&shared);
                text.push('>');
                for choice in &self.choices {
                    text.push_str("<option");
                    push_attribute(&mut text, "value", &choice.value);
                    text.push_str(if choice.value == self.value {
                        " selected>"
                    } else {
                        ">"
                    });
                    push_escaped(&mut text, &choice.label);
                    text.push_str("</option>");
                }
                text.push_str("</select>");
            }
            Kind::Radio => {}
        }
        PreEscaped(text)
    }

    fn must(&self) -> Markup {
        html! { @if self.required { span class="field-must" aria-hidden="true" { " *" } } }
    }

    fn hint_and_error(&self) -> (Markup, Markup) {
        let id = self.own_id();
        let hint = html! {
            @if !self.hint.is_empty() { span class="field-hint" id={ (id) "-hint" } { (self.hint) } }
        };
        let error = html! {
            @if !self.error.is_empty() {
                div class="field-error" id={ (id) "-error" } { (icon(Icon::Alert)) span { (self.error) } }
            }
        };
        (hint, error)
    }

    fn radio_group(&self) -> Markup {
        let (hint, error) = self.hint_and_error();
        let id = self.own_id();
        let invalid = (!self.error.is_empty()).then_some("true");
        html! {
            fieldset class="field" {
                legend class="field-label" { (self.label) (self.must()) }
                (hint)
                @for (place, choice) in self.choices.iter().enumerate() {
                    label class="choice" {
                        input type="radio" name=(self.name) id={ (id) "-" (place) } value=(choice.value)
                            checked[choice.value == self.value] required[self.required]
                            aria-invalid=[invalid];
                        span class="choice-text" {
                            (choice.label)
                            @if !choice.hint.is_empty() { span class="choice-hint" { (choice.hint) } }
                        }
                    }
                }
                (error)
            }
        }
    }
}

impl Render for Field {
    fn render(&self) -> Markup {
        if self.bare || self.kind == Kind::Input("hidden") {
            return if self.kind == Kind::Radio {
                self.radio_group()
            } else {
                self.input()
            };
        }
        let (hint, error) = self.hint_and_error();
        match self.kind {
            Kind::Radio => self.radio_group(),
            Kind::Check => html! {
                div class="field" {
                    label class="choice" {
                        (self.input())
                        span class="choice-text" { (self.label) (self.must()) (hint) }
                    }
                    (error)
                }
            },
            Kind::Input(_) | Kind::Area | Kind::Select => html! {
                div class={ "field" (if self.small { " small" } else { "" }) } {
                    label class="field-label" for=(self.own_id()) { (self.label) (self.must()) }
                    (hint)
                    (self.input())
                    (error)
                }
            },
        }
    }
}

fn push_escaped(text: &mut String, value: &str) {
    Escaper::new(text)
        .write_str(value)
        .expect("writing into a string cannot fail");
}

fn push_attribute(text: &mut String, name: &str, value: &str) {
    text.push(' ');
    text.push_str(name);
    text.push_str("=\"");
    push_escaped(text, value);
    text.push('"');
}
