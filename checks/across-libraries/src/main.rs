//! What there must be just one of, however many shared objects a program has.

use std::any::{Any, TypeId};
use std::panic::catch_unwind;

fn main() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().unwrap();
        println!("panicked at {}:{}", place.file().rsplit('/').next().unwrap(), place.line());
    }));
    let payload = catch_unwind(|| top::call(0)).unwrap_err();
    println!("payload {:?}, dropped on the way {}", payload.downcast_ref::<base::Code>().unwrap().0, base::drops());
    println!("caught inside {}", middle::catches());

    println!("one type {}", TypeId::of::<base::Code>() == top::type_of_code());
    println!("one type argument {}", top::boxed().is::<Vec<base::Code>>());
    println!("one static {} {} {}", base::count(), top::count_through(), base::count());
    println!("one thread-local {:?}", (base::with_local(|n| n.set(5)), top::local_through()));
    println!("another thread's own {}", std::thread::spawn(top::local_through).join().unwrap());
    println!("generic statics {}", middle::format_list(&[base::Code(1), base::Code(2)]));
    println!("through a trait object {}", top::describe(&base::Code(3)));
    println!("macro {}", top::double!(base::count()));
    println!("constant {:?}", middle::TABLE);
    let any: Box<dyn Any> = Box::new(7_u8);
    println!("downcast {}", middle::is_byte(&*any));
}
