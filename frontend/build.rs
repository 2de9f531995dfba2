//! Lets the linker keep what `split_program.mjs` needs to take the program apart: where
//! functions and data refer to each other, and which data is whose.

#[expect(clippy::disallowed_methods, reason = "cargo talks to build scripts so")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").as_deref() == Ok("wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
        println!("cargo::rustc-link-arg-bins=--no-merge-data-segments");
    }
}
