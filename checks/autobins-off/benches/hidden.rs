compile_error!("autobenches = false");
