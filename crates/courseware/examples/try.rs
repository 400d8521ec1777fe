fn main() {
    let path = std::env::args().nth(1).unwrap();
    let source = std::fs::read_to_string(&path).unwrap();
    let start = std::time::Instant::now();
    let document = courseware::parse(&path, &source, &courseware::Surroundings::default());
    println!("{:?} {:?}", start.elapsed(), document.graph);
    for p in &document.problems {
        println!("{}", p.render(&source));
    }
}
