//! A part of a page whose forms are answered in place. The server draws it, with script and without; in the browser a form in it is
//! sent, the part that the server draws next takes its place, and the focus goes to what is new.
//!
//! What a learner may not see yet is so in no build of the browser's: there is one renderer, and it is the server's.

use leptos::prelude::*;

/// The `Accept` of a form that is answered in place.
pub const FRAGMENT: &str = "text/fragment+html";
/// The header that names the page to go to, where that is another one.
pub const GO: &str = "bedside-go";

// A room of its own: the macro makes a public struct of the properties, which nobody else needs to see.
#[expect(unreachable_pub, reason = "the struct of properties is the macro's")]
mod island {
    use leptos::prelude::*;

    /// The part of a page that is answered in place. What is in it is drawn by the server and holds plain forms.
    #[island]
    pub fn Live(
        /// The part, as the server draws it.
        children: Children,
    ) -> impl IntoView {
        let here = NodeRef::<leptos::html::Div>::new();
        let dragged = StoredValue::new_local(None);
        Effect::new(move |_| super::hands::greet(here));
        view! {
            <div
                class="live"
                node_ref=here
                on:submit=move |event| super::hands::submit(&event, here)
                on:keydown=move |event| super::hands::key(&event)
                on:click=move |event| super::hands::click(&event, here)
                on:dragstart=move |event| super::hands::drag_start(&event, dragged)
                on:dragover=move |event| super::hands::drag_over(&event, dragged)
                on:dragend=move |event| super::hands::drag_end(&event, dragged)
            >
                {children()}
            </div>
        }
    }
}

pub use island::Live;

type Here = NodeRef<leptos::html::Div>;

/// On the server there is nothing to do.
#[cfg(not(feature = "hydrate"))]
mod hands {
    use super::Here;
    use leptos::{
        ev::{DragEvent, KeyboardEvent, MouseEvent, SubmitEvent},
        prelude::{LocalStorage, StoredValue},
    };

    type Dragged = StoredValue<Option<()>, LocalStorage>;

    pub(super) fn greet(_: Here) {}
    pub(super) fn submit(_: &SubmitEvent, _: Here) {}
    pub(super) fn key(_: &KeyboardEvent) {}
    pub(super) fn click(_: &MouseEvent, _: Here) {}
    pub(super) fn drag_start(_: &DragEvent, _: Dragged) {}
    pub(super) fn drag_over(_: &DragEvent, _: Dragged) {}
    pub(super) fn drag_end(_: &DragEvent, _: Dragged) {}
}

#[cfg(feature = "hydrate")]
mod hands;
