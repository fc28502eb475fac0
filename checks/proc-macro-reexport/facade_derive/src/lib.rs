use proc_macro::{TokenStream, TokenTree};

/// Implements `Name` with the type's own name.
#[proc_macro_derive(Name)]
pub fn derive(input: TokenStream) -> TokenStream {
    let name = input
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        })
        .last()
        .unwrap();
    format!("impl facade::Name for {name} {{ fn name() -> &'static str {{ {name:?} }} }}")
        .parse()
        .unwrap()
}
