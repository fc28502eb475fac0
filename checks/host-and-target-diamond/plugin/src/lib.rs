use proc_macro::TokenStream;

#[proc_macro]
pub fn features(_: TokenStream) -> TokenStream {
    format!("\"{}\"", middle::features().join(" ")).parse().unwrap()
}
