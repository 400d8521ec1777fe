//! The browser's entry point: it hydrates the islands and does nothing else.

// Without a reference to the islands' crate the linker drops what the loader calls.
use app as _;

/// Prepares hydration; the loader then calls each island's own export.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
