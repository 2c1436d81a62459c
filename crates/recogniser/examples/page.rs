//! scratch
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let t = std::time::Instant::now();
    let m = recogniser::Models::load(std::path::Path::new(&a[1])).unwrap();
    eprint!("load {:?} ", t.elapsed());
    let t = std::time::Instant::now();
    let p = recogniser::Picture::read(&std::fs::read(&a[2]).unwrap()).unwrap();
    let w = recogniser::read_page(&m, &p).unwrap();
    eprintln!("read {:?}", t.elapsed());
    std::fs::write(&a[3], recogniser::table(&w)).unwrap();
}
