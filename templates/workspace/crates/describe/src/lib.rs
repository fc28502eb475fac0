//! `#[derive(Describe)]`: a method `describe` that says the type's name.

extern crate proc_macro;

use proc_macro::{TokenStream, TokenTree};

/// Adds the method `describe`, which gives the type's name.
#[proc_macro_derive(Describe)]
pub fn describe(item: TokenStream) -> TokenStream {
    let mut words = item.into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    let name = words
        .find(|word| word == "struct" || word == "enum")
        .and_then(|_| words.next());
    match name {
        Some(name) => {
            format!("impl {name} {{ pub fn describe(&self) -> &'static str {{ {name:?} }} }}")
        }
        None => "compile_error!(\"a struct or an enum is wanted\");".to_owned(),
    }
    .parse()
    .expect("what is written here is Rust")
}
