//! One story per noun, told on both engines: what is written is read back, in order, and in its own book only.

mod nouns {
    mod book;
    mod case;
    mod debtor;
    mod import;
    mod journal;
    mod link;
    mod notice;
    mod payment;
    mod plan;
    mod posting;
    mod receivable;
    mod search;
    mod staff;
    mod world;
}

/// Functions of the noun modules that no story calls, each with the reason.
const NOT_CALLED: [&str; 0] = [];

#[test]
fn every_public_function_of_a_noun_is_called_by_its_story() {
    let modules = [
        (include_str!("../src/book.rs"), include_str!("nouns/book.rs")),
        (include_str!("../src/case.rs"), include_str!("nouns/case.rs")),
        (include_str!("../src/debtor.rs"), include_str!("nouns/debtor.rs")),
        (include_str!("../src/import.rs"), include_str!("nouns/import.rs")),
        (include_str!("../src/journal.rs"), include_str!("nouns/journal.rs")),
        (include_str!("../src/link.rs"), include_str!("nouns/link.rs")),
        (include_str!("../src/notice.rs"), include_str!("nouns/notice.rs")),
        (include_str!("../src/payment.rs"), include_str!("nouns/payment.rs")),
        (include_str!("../src/plan.rs"), include_str!("nouns/plan.rs")),
        (include_str!("../src/posting.rs"), include_str!("nouns/posting.rs")),
        (include_str!("../src/receivable.rs"), include_str!("nouns/receivable.rs")),
        (include_str!("../src/search.rs"), include_str!("nouns/search.rs")),
        (include_str!("../src/staff.rs"), include_str!("nouns/staff.rs")),
    ];
    let (mut functions, mut forgotten) = (0, Vec::new());
    for (source, story) in modules {
        for line in source.lines() {
            let Some(rest) = line.trim_start().strip_prefix("pub fn ") else { continue };
            let name = rest.split(['(', '<']).next().unwrap();
            functions += 1;
            let called = story.contains(&format!("{name}(")) || story.contains(&format!("::{name})"));
            if called == NOT_CALLED.contains(&name) {
                forgotten.push(name);
            }
        }
    }
    assert!(functions > 130, "{functions} functions were found");
    assert_eq!(forgotten, [""; 0], "called and listed as not called, or neither");
}
