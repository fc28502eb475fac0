/// Where this library is: not in the workspace of the program that uses it.
pub fn place() -> &'static str {
    "beside the workspace"
}
