//! A whole XML document in little memory, for documents of bounded size.

use std::io::BufRead;

use super::{InvoiceError, XML_BYTES_MAX};
use crate::xml::{Step, XmlReader};

/// An invoice of ten thousand lines has half a million elements and attributes.
const ELEMENTS_MAX: usize = 2_000_000;
const NONE: u32 = u32::MAX;

/// The elements of a document with their texts and attributes.
pub(super) struct Tree {
    elements: Vec<Element>,
    /// All names and texts one after another.
    text: String,
}

#[derive(Debug, Clone, Copy)]
struct Element {
    is_attribute: bool,
    name: (u32, u32),
    text: (u32, u32),
    first_child: u32,
    last_child: u32,
    next: u32,
}

/// An element of a tree, by local name.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    tree: &'a Tree,
    index: u32,
}

impl Tree {
    /// Reads a document to its end.
    pub(super) fn read(input: impl BufRead) -> Result<Tree, InvoiceError> {
        let mut xml = XmlReader::new(input, XML_BYTES_MAX)?;
        let mut tree = Tree { elements: Vec::new(), text: String::new() };
        let mut open: Vec<u32> = Vec::new();
        loop {
            match xml.step()? {
                Step::Open => {
                    let element = tree.add(open.last().copied(), xml.name(), false)?;
                    for (name, value) in xml.attributes() {
                        let attribute = tree.add(Some(element), name, true)?;
                        tree.elements[attribute as usize].text = tree.keep(&value);
                    }
                    open.push(element);
                }
                Step::Close => {
                    if let Some(element) = open.pop() {
                        tree.elements[element as usize].text = tree.keep(xml.text());
                    }
                }
                Step::End => return Ok(tree),
            }
        }
    }

    fn add(&mut self, parent: Option<u32>, name: &str, is_attribute: bool) -> Result<u32, InvoiceError> {
        if self.elements.len() == ELEMENTS_MAX {
            return Err(InvoiceError::TooManyElements { elements_max: ELEMENTS_MAX });
        }
        let index = self.elements.len() as u32;
        let name = self.keep(name);
        let text = (0, 0);
        self.elements.push(Element {
            is_attribute,
            name,
            text,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
        });
        if let Some(parent) = parent {
            let last = std::mem::replace(&mut self.elements[parent as usize].last_child, index);
            match last {
                NONE => self.elements[parent as usize].first_child = index,
                last => self.elements[last as usize].next = index,
            }
        }
        Ok(index)
    }

    fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        (start, self.text.len() as u32)
    }

    /// Returns the outermost element.
    pub(super) fn root(&self) -> Node<'_> {
        // A document without a root element does not read.
        Node { tree: self, index: 0 }
    }
}

impl<'a> Node<'a> {
    fn element(self) -> &'a Element {
        &self.tree.elements[self.index as usize]
    }

    pub(super) fn name(self) -> &'a str {
        let (start, end) = self.element().name;
        &self.tree.text[start as usize..end as usize]
    }

    /// Returns the text of an element without children.
    pub(super) fn text(self) -> &'a str {
        let (start, end) = self.element().text;
        &self.tree.text[start as usize..end as usize]
    }

    fn all_children(self) -> impl Iterator<Item = Node<'a>> {
        let node = move |index: u32| (index != NONE).then_some(Node { tree: self.tree, index });
        std::iter::successors(node(self.element().first_child), move |child| node(child.element().next))
    }

    /// Lists the child elements of a name.
    pub(super) fn children(self, name: &str) -> impl Iterator<Item = Node<'a>> {
        self.all_children().filter(move |child| !child.element().is_attribute && child.name() == name)
    }

    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        let mut attributes = self.all_children().filter(|child| child.element().is_attribute);
        attributes.find(|attribute| attribute.name() == name).map(Node::text)
    }

    /// Returns the first element at the end of a path of names.
    pub(super) fn at(self, path: &[&str]) -> Option<Node<'a>> {
        self.first(path, |_| true)
    }

    /// Returns the first text at the end of a path of names that is not empty.
    pub(super) fn text_at(self, path: &[&str]) -> Option<String> {
        self.first(path, |node| !node.text().is_empty()).map(|node| node.text().to_owned())
    }

    fn first(self, path: &[&str], wanted: impl Fn(Node<'a>) -> bool + Copy) -> Option<Node<'a>> {
        match path {
            [] => wanted(self).then_some(self),
            [name, rest @ ..] => self.children(name).find_map(|child| child.first(rest, wanted)),
        }
    }

    /// Finds the first element with one of the names, here or some levels below.
    pub(super) fn find_named(self, names: &[&str], levels: usize) -> Option<Node<'a>> {
        if names.contains(&self.name()) {
            return Some(self);
        }
        if levels == 0 {
            return None;
        }
        let mut children = self.all_children().filter(|child| !child.element().is_attribute);
        children.find_map(|child| child.find_named(names, levels - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_path_and_attribute() {
        let xml = "<r xmlns:x='y'><x:a id='1'> one </x:a><a><b/></a><a><b k='v'>two</b></a></r>";
        let tree = Tree::read(xml.as_bytes()).expect("reads");
        let root = tree.root();
        assert_eq!(root.children("a").count(), 3);
        assert_eq!(root.text_at(&["a"]).as_deref(), Some("one"));
        assert_eq!(root.text_at(&["a", "b"]).as_deref(), Some("two"));
        assert_eq!(root.at(&["a"]).and_then(|node| node.attribute("id")), Some("1"));
        assert_eq!(root.at(&["id"]).map(Node::name), None);
        assert_eq!(root.find_named(&["b"], 2).map(Node::name), Some("b"));
        assert!(root.find_named(&["b"], 1).is_none());
    }
}
