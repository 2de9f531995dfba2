//! Makes cargo notice new migrations and a new dashboard, both of which are
//! embedded in the binary.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=../dist");
}
