/// Where this library is: not in the workspace of the program that uses it. It reads a file of its own workspace.
pub fn place() -> String {
    format!("beside the workspace, {}", include_str!("../../words.txt").trim())
}
