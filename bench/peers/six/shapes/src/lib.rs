use proc_macro::TokenStream;

/// Gives a type a function `name`.
#[proc_macro_derive(Named)]
pub fn named(input: TokenStream) -> TokenStream {
    let name = syn::parse_macro_input!(input as syn::DeriveInput).ident;
    let text = name.to_string();
    quote::quote!(impl #name { pub fn name() -> &'static str { #text } }).into()
}
