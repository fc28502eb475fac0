compile_error!("autotests = false");
