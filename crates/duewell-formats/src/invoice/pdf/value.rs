//! Values of PDF (ISO 32000-1, 7.3), read with bounds.

/// How deep arrays and dictionaries may nest.
const DEPTH_MAX: usize = 32;
/// Values in one object.
const VALUES_MAX: usize = 200_000;

/// A value, as far as attachments need it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Name(String),
    /// The bytes of a string.
    Text(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Vec<(String, Value)>),
    /// The number of the object referred to.
    Reference(u32),
    /// Truth values and fractions.
    Other,
}

impl Value {
    /// Returns an entry of a dictionary.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let Value::Dictionary(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn name(&self) -> Option<&str> {
        if let Value::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn index(&self) -> Option<usize> {
        let Value::Integer(number) = self else { return None };
        usize::try_from(*number).ok()
    }

    pub(super) fn reference(&self) -> Option<u32> {
        if let Value::Reference(number) = self { Some(*number) } else { None }
    }

    /// Returns a string as text: UTF-16 with a mark, UTF-8 with a mark, else one byte per letter.
    pub(super) fn text(&self) -> Option<String> {
        let Value::Text(bytes) = self else { return None };
        Some(match bytes.as_slice() {
            [0xFE, 0xFF, units @ ..] => {
                let units = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units)
                    .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect()
            }
            [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
            bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
        })
    }
}

/// Reads values from a place in a file.
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    values_left: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Parser { bytes, at, values_left: VALUES_MAX }
    }

    /// Reads one value; none when there is no sound one.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.nested(DEPTH_MAX)
    }

    /// Reads a whole number.
    pub(super) fn integer(&mut self) -> Option<i64> {
        self.skip_blanks();
        if let Some(Value::Integer(number)) = self.number() { Some(number) } else { None }
    }

    /// Returns where the data of a stream begins, if the keyword comes next.
    pub(super) fn stream_start(&mut self) -> Option<usize> {
        self.skip_blanks();
        let rest = self.bytes.get(self.at..)?.strip_prefix(b"stream")?;
        let line_end = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => 0,
        };
        Some(self.at + 6 + line_end)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, token: &[u8]) -> bool {
        let eaten = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(token));
        if eaten {
            self.at += token.len();
        }
        eaten
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ' => self.at += 1,
                b'%' => {
                    while self.peek().is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn nested(&mut self, depth_left: usize) -> Option<Value> {
        self.skip_blanks();
        self.values_left = self.values_left.checked_sub(1)?;
        match self.peek()? {
            b'/' => self.name().map(Value::Name),
            b'(' => self.literal(),
            b'<' if self.eat(b"<<") => self.dictionary(depth_left.checked_sub(1)?),
            b'<' => self.hexadecimal(),
            b'[' => self.array(depth_left.checked_sub(1)?),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_reference(),
            _ if self.eat(b"null") => Some(Value::Null),
            _ if self.eat(b"true") || self.eat(b"false") => Some(Value::Other),
            _ => None,
        }
    }

    fn array(&mut self, depth_left: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_blanks();
            if self.eat(b"]") {
                return Some(Value::Array(items));
            }
            items.push(self.nested(depth_left)?);
        }
    }

    fn dictionary(&mut self, depth_left: usize) -> Option<Value> {
        let mut entries = Vec::new();
        loop {
            self.skip_blanks();
            if self.eat(b">>") {
                return Some(Value::Dictionary(entries));
            }
            let key = self.name()?;
            entries.push((key, self.nested(depth_left)?));
        }
    }

    fn name(&mut self) -> Option<String> {
        if !self.eat(b"/") {
            return None;
        }
        let mut name = String::new();
        while let Some(byte) = self.peek() {
            match byte {
                0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ' => break,
                b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%' => break,
                b'#' => {
                    let pair = self.bytes.get(self.at + 1..self.at + 3);
                    match pair.and_then(|pair| Some(hex(pair[0])? << 4 | hex(pair[1])?)) {
                        Some(code) => {
                            name.push(char::from(code));
                            self.at += 3;
                        }
                        None => {
                            name.push('#');
                            self.at += 1;
                        }
                    }
                }
                byte => {
                    name.push(char::from(byte));
                    self.at += 1;
                }
            }
        }
        Some(name)
    }

    fn literal(&mut self) -> Option<Value> {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1_usize;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(Value::Text(text));
                    }
                }
                b'\\' => {
                    let escaped = self.peek()?;
                    self.at += 1;
                    match escaped {
                        b'n' => text.push(b'\n'),
                        b'r' => text.push(b'\r'),
                        b't' => text.push(b'\t'),
                        b'b' => text.push(8),
                        b'f' => text.push(12),
                        b'\n' => {}
                        b'\r' => {
                            self.eat(b"\n");
                        }
                        b'0'..=b'7' => {
                            let mut code = u32::from(escaped - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                                code = code * 8 + u32::from(digit - b'0');
                                self.at += 1;
                            }
                            text.push(code as u8);
                        }
                        other => text.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
    }

    fn hexadecimal(&mut self) -> Option<Value> {
        self.at += 1;
        let mut digits = Vec::new();
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'>' => break,
                byte if byte.is_ascii_whitespace() => {}
                byte => digits.push(hex(byte)?),
            }
        }
        Some(Value::Text(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()))
    }

    fn number_or_reference(&mut self) -> Option<Value> {
        let number = self.number()?;
        let Value::Integer(object) = number else { return Some(number) };
        // `12 0 R` begins like two numbers.
        let after_number = self.at;
        let is_reference = {
            self.skip_blanks();
            let generation = self.peek().is_some_and(|byte| byte.is_ascii_digit()) && self.number().is_some();
            self.skip_blanks();
            generation && self.eat(b"R")
        };
        if is_reference {
            return u32::try_from(object).ok().map(Value::Reference);
        }
        self.at = after_number;
        Some(number)
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        while self.peek().is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.')) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
        if text.is_empty() {
            return None;
        }
        Some(text.parse().map_or(Value::Other, Value::Integer))
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Value> {
        Parser::new(text.as_bytes(), 0).value()
    }

    #[test]
    fn values_of_all_kinds_are_read() {
        let value = read("<< /A#42 12 0 R % note\n/N [1 -2 3.5 (a\\)\\101(b)) <6> true null] /D<</X/Y>> >>");
        let value = value.expect("reads");
        assert_eq!(value.get("AB").and_then(Value::reference), Some(12));
        assert_eq!(value.get("D").and_then(|inner| inner.get("X")).and_then(Value::name), Some("Y"));
        let text = |text: &str| Value::Text(text.as_bytes().to_vec());
        let items = vec![
            Value::Integer(1),
            Value::Integer(-2),
            Value::Other,
            text("a)A(b)"),
            text("`"),
            Value::Other,
            Value::Null,
        ];
        assert_eq!(value.get("N"), Some(&Value::Array(items)));
    }

    #[test]
    fn names_of_files_come_in_three_encodings() {
        let text = |text| read(text).and_then(|value| value.text());
        assert_eq!(text("(Zug\\374ferd)").as_deref(), Some("Zugüferd"));
        assert_eq!(text("<FEFF00FC>").as_deref(), Some("ü"));
        assert_eq!(text("(\\357\\273\\277\\303\\274)").as_deref(), Some("ü"));
    }

    #[test]
    fn broken_and_bottomless_values_are_none() {
        for value in ["", "<<", "<< /A", "[1 2", "(a", "<6", "<xy>", ")", "<< 1 2 >>", &"[".repeat(100_000)] {
            assert_eq!(read(value), None, "{value:.20}");
        }
        assert_eq!(read(&format!("[{}]", "1 ".repeat(VALUES_MAX))), None);
    }
}
