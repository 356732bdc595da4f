//! What a template may say: values, `if` and `for`, and nothing that computes.
//!
//! The template engine behind can do more (repeat a text a million times, for
//! one), so a template is checked before the engine sees it.

use crate::template::TemplateError;

const TAGS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];
/// Template sources are read by people; more than this is not a notice.
const SOURCE_BYTES_MAX: usize = 32 * 1024;

/// Checks a template's source; `part` names it in errors.
pub(crate) fn check(source: &str, part: &'static str) -> Result<(), TemplateError> {
    let refuse = |at: usize, problem: String| {
        let line = source.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Err(TemplateError::Syntax { part, line, problem })
    };
    if source.len() > SOURCE_BYTES_MAX {
        return refuse(0, format!("it is longer than {SOURCE_BYTES_MAX} bytes"));
    }
    let mut at = 0;
    while let Some(found) = source[at..]
        .find("{{")
        .into_iter()
        .chain(source[at..].find("{%"))
        .chain(source[at..].find("{#"))
        .min()
    {
        let start = at + found;
        let kind = source.as_bytes()[start + 1];
        let close = match kind {
            b'{' => "}}",
            b'%' => "%}",
            _ => "#}",
        };
        let Some(length) = source[start + 2..].find(close) else {
            return refuse(start, format!("`{}` is not closed by `{close}`", &source[start..start + 2]));
        };
        let inner = &source[start + 2..start + 2 + length];
        if kind != b'#' {
            let inner = inner.strip_prefix('-').unwrap_or(inner);
            let inner = inner.strip_suffix('-').unwrap_or(inner);
            if let Err(problem) = check_words(inner, kind == b'%') {
                return refuse(start, problem);
            }
        }
        at = start + 2 + length + 2;
    }
    Ok(())
}

/// Checks what stands between the braces.
fn check_words(inner: &str, is_tag: bool) -> Result<(), String> {
    if is_tag {
        let word: String = inner.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
        if !TAGS.contains(&word.as_str()) {
            return Err(format!("`{{% {word} %}}` is not known here; there are {}", TAGS.join(", ")));
        }
        if inner.contains("recursive") {
            return Err("a loop cannot be recursive".to_owned());
        }
    }
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                if !chars.by_ref().any(|next| next == c) {
                    return Err("a quoted text does not end".to_owned());
                }
            }
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | ',' | '|' | '(' | ')' => {}
            '=' | '<' | '>' => {}
            '!' if chars.peek() == Some(&'=') => {}
            c if c.is_whitespace() => {}
            other => {
                return Err(format!(
                    "`{other}` is not allowed in a template: values are printed, not computed"
                ));
            }
        }
    }
    Ok(())
}

/// Takes away the line end of lines that hold nothing but a tag, so that they leave no empty line.
///
/// The line end moves into the tag, where it means nothing, and so the lines keep their numbers.
pub(crate) fn without_tag_lines(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let tag = line.trim();
        match tag.strip_suffix("%}") {
            Some(start)
                if tag.starts_with("{%") && tag.matches("{%").count() == 1 && line.ends_with('\n') =>
            {
                out.push_str(start);
                out.push_str("\n%}");
            }
            _ => out.push_str(line),
        }
    }
    out
}
