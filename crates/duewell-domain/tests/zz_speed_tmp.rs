use duewell_domain::calendar::*;
#[test]
fn t() {
    let t = std::time::Instant::now();
    let mut cs = vec![];
    for n in HolidayCalendar::builtin_names() {
        cs.push(HolidayCalendar::builtin(n).unwrap());
    }
    println!("construct all {:?}", t.elapsed());
    let d0 = jiff::civil::date(2000, 1, 1);
    let days: Vec<_> = d0.series(jiff::ToSpan::day(1)).take(20000).collect();
    let t = std::time::Instant::now();
    let mut k = 0;
    for c in &cs {
        for d in &days {
            k += c.is_holiday(*d) as u32;
        }
    }
    println!("{k} per lookup {:?}", t.elapsed() / (cs.len() * days.len()) as u32);
}
