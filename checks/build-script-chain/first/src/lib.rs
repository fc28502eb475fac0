pub fn chain() -> String {
    format!("{} {}", env!("SECOND"), part::name())
}
