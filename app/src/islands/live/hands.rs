//! What the browser does in a live part: sending, swapping, keys, putting lines in order.

use leptos::{
    ev::{DragEvent, KeyboardEvent, MouseEvent, SubmitEvent},
    prelude::{Get, GetValue, LocalStorage, SetValue, StoredValue},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FormData, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlSelectElement, UrlSearchParams};

use super::Here;
use crate::islands::send::{self, Answer};

/// The line that is being dragged.
pub(super) type Dragged = StoredValue<Option<Element>, LocalStorage>;

/// Brings what only scripts can do into a part that was just drawn.
pub(super) fn greet(here: Here) {
    if let Some(part) = here.get() {
        order(&part);
    }
}

/// Sends the form that was submitted, and puts what comes back into its place.
pub(super) fn submit(event: &SubmitEvent, here: Here) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
    let Some(part) = here.get() else { return };
    event.prevent_default();
    // A second press while the first is under way sends nothing.
    if part.get_attribute("aria-busy").is_some() {
        return;
    }
    // Lines that nobody moved are sent as they lie: there is no other way to say that they lie right.
    if let Ok(Some(list)) = form.query_selector("[data-order]") {
        number(&list);
    }
    let Ok(fields) = fields(&form, event) else { return };
    let action = form.get_attribute("action").unwrap_or_default();
    say(&part, "");
    drop(part.set_attribute("aria-busy", "true"));
    wasm_bindgen_futures::spawn_local(async move {
        let answer = send::form(&action, &fields).await;
        drop(part.remove_attribute("aria-busy"));
        let words = match answer {
            Answer::Go(to) => {
                if let Some(window) = web_sys::window() {
                    drop(window.location().assign(&to));
                }
                return;
            }
            Answer::Part(html) => return swap(&part, &html),
            Answer::Waiting => "You are offline. This is kept on this device, and sent when the connection is back.",
            Answer::SignedOut => "You were signed out. Sign in again in another tab, then come back and send it again.",
            Answer::Busy => "It could not be taken just now. Wait a moment and send it again.",
            Answer::Refused => "It could not be taken. Load the page again.",
            Answer::Lost => "It could not be sent. Check the connection and send it again.",
        };
        say(&part, words);
    });
}

/// What a form holds, with the button that was pressed.
fn fields(form: &HtmlFormElement, event: &SubmitEvent) -> Result<UrlSearchParams, JsValue> {
    let fields = UrlSearchParams::new()?;
    let data = FormData::new_with_form(form)?;
    for entry in js_sys::try_iter(&data)?.into_iter().flatten() {
        let pair = js_sys::Array::from(&entry?);
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            fields.append(&name, &value);
        }
    }
    if let Some(button) = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok())
        && !button.name().is_empty()
    {
        fields.append(&button.name(), &button.value());
    }
    Ok(fields)
}

/// Puts a part into its place and moves the focus to what is new in it, so that it is seen and read out.
fn swap(part: &HtmlElement, html: &str) {
    let place = part.query_selector("[data-live]").ok().flatten();
    let Some(place) = place else { return };
    place.set_inner_html(html);
    order(part);
    let new = place.query_selector("[data-focus]").ok().flatten().unwrap_or(place);
    if let Ok(new) = new.dyn_into::<HtmlElement>() {
        drop(new.focus());
    }
}

fn say(part: &HtmlElement, words: &str) {
    if let Ok(Some(place)) = part.query_selector("[data-say]") {
        place.set_text_content(Some(words));
    }
}

fn element(target: Option<web_sys::EventTarget>) -> Option<Element> {
    target.and_then(|target| target.dyn_into::<Element>().ok())
}

/// The keys 1 to 9 choose, while a choice has the focus.
pub(super) fn key(event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let Ok(number) = event.key().parse::<u32>() else { return };
    let Some(choices) = element(event.target()).and_then(|at| at.closest("[data-choices]").ok().flatten()) else {
        return;
    };
    let Ok(buttons) = choices.query_selector_all("button") else { return };
    let button =
        number.checked_sub(1).and_then(|at| buttons.get(at)).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    if let Some(button) = button {
        event.prevent_default();
        button.click();
    }
}

/// Lists that are put in order get their buttons; the selects that do the same without a script step back.
fn order(part: &HtmlElement) {
    let Ok(lists) = part.query_selector_all("[data-order]") else { return };
    for at in 0..lists.length() {
        let Some(list) = lists.get(at).and_then(|node| node.dyn_into::<Element>().ok()) else { continue };
        drop(list.class_list().add_1("is-ordered"));
        let lines = lines(&list);
        // What was put in order before lies in that order, and what was begun before this script came lies first.
        let place = |line: &Element| select(line).and_then(|select| select.value().parse().ok()).unwrap_or(u32::MAX);
        let mut placed = lines.clone();
        placed.sort_by_key(place);
        for line in &placed {
            drop(list.append_child(line));
        }
        for line in &lines {
            drop(line.set_attribute("draggable", "true"));
            if let Ok(Some(moves)) = line.query_selector(".order-moves") {
                drop(moves.remove_attribute("hidden"));
            }
        }
    }
}

fn lines(list: &Element) -> Vec<Element> {
    let children = list.children();
    (0..children.length()).filter_map(|at| children.item(at)).collect()
}

fn select(line: &Element) -> Option<HtmlSelectElement> {
    line.query_selector("select").ok().flatten()?.dyn_into().ok()
}

/// Gives every line the place at which it lies.
fn number(list: &Element) {
    for (at, line) in lines(list).iter().enumerate() {
        if let Some(select) = select(line) {
            select.set_value(&(at + 1).to_string());
        }
    }
}

/// Moves a line one place up or down.
pub(super) fn click(event: &MouseEvent, here: Here) {
    let Some(at) = element(event.target()) else { return };
    // The second click of a slow double click would choose in a scene that nobody has read yet.
    if event.detail() > 1 && at.closest("[data-choices]").is_ok_and(|choices| choices.is_some()) {
        event.prevent_default();
        return;
    }
    let Some(button) = at.closest("[data-move]").ok().flatten() else { return };
    let (Some(part), Some(line)) = (here.get(), button.closest("[data-order] > *").ok().flatten()) else { return };
    let Some(list) = line.parent_element() else { return };
    let moved = if button.get_attribute("data-move").as_deref() == Some("up") {
        line.previous_element_sibling().map(|other| list.insert_before(&line, Some(&other)))
    } else {
        line.next_element_sibling().map(|other| list.insert_before(&other, Some(&line)))
    };
    drop(moved);
    number(&list);
    if let Ok(button) = button.dyn_into::<HtmlElement>() {
        drop(button.focus());
    }
    let all = lines(&list);
    let place = all.iter().position(|other| *other == line).map_or(0, |at| at + 1);
    say(&part, &format!("Now at place {place} of {}", all.len()));
}

pub(super) fn drag_start(event: &DragEvent, dragged: Dragged) {
    let line = element(event.target()).and_then(|at| at.closest("[data-order] > *").ok().flatten());
    if let Some(line) = &line {
        drop(line.class_list().add_1("is-dragged"));
    }
    dragged.set_value(line);
}

/// The dragged line takes the place over which it is held.
pub(super) fn drag_over(event: &DragEvent, dragged: Dragged) {
    let Some(line) = dragged.get_value() else { return };
    let Some(over) = element(event.target()).and_then(|at| at.closest("[data-order] > *").ok().flatten()) else {
        return;
    };
    let (Some(list), Some(other)) = (line.parent_element(), over.parent_element()) else { return };
    if list != other {
        return;
    }
    event.prevent_default();
    if over == line {
        return;
    }
    let place = over.get_bounding_client_rect();
    let below = f64::from(event.client_y()) > place.y() + place.height() / 2.0;
    let before = if below { over.next_element_sibling() } else { Some(over) };
    drop(list.insert_before(&line, before.as_deref()));
}

pub(super) fn drag_end(_: &DragEvent, dragged: Dragged) {
    if let Some(line) = dragged.get_value() {
        drop(line.class_list().remove_1("is-dragged"));
        if let Some(list) = line.parent_element() {
            number(&list);
        }
    }
    dragged.set_value(None);
}
