# isGraphThere graph: whether there is a graph, which is given as a file or as what is in it: `dyrust import` has not made it yet in a new project.
graph: builtins.isAttrs graph || builtins.pathExists graph
