//! Use cases as whole days and whole people meet them, on both databases.

mod use_cases {
    mod lists;
    mod plans;
    mod portal;
    mod preview;
    mod staff;
    mod world;
}
