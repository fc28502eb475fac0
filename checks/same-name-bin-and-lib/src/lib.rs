pub use part::name;
