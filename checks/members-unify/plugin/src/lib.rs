use proc_macro::TokenStream;

#[proc_macro]
pub fn features(_: TokenStream) -> TokenStream {
    format!("\"{}\"", shared::features().join(" ")).parse().unwrap()
}
