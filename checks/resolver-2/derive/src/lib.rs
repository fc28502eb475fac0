use proc_macro::TokenStream;

/// The features of `shared` as a proc macro sees them.
#[proc_macro]
pub fn features(_: TokenStream) -> TokenStream {
    format!("{:?}", shared::features().join(" ")).parse().unwrap()
}
