//! Converts HTML to text, for mail clients that show no HTML.
//!
//! Works in one pass without a tree: the HTML is customer input, and HTML nested a hundred thousand
//! levels deep must not cost more than other HTML.
//! The crate html2text builds a tree, and half a megabyte of open tags keeps it busy for minutes.

use lol_html::{
    RewriteStrSettings, doc_text, element, end_tag, html_content::TextType, rewrite_str,
};
use std::{cell::RefCell, rc::Rc};

/// Converts `html` to text, with the URLs of links in parentheses.
pub fn of_html(html: &str) -> String {
    let text = Rc::new(RefCell::new(Text::default()));
    let tags = text.clone();
    let words = text.clone();
    let settings = RewriteStrSettings::new()
        .with_strict(false)
        .append_element_content_handler(element!("*", move |element| {
            let name = element.tag_name();
            let alt = element.get_attribute("alt").filter(|_| name == "img");
            tags.borrow_mut().begin(&name, alt.as_deref());
            let link = element.get_attribute("href").filter(|_| name == "a");
            let link = link.map(|href| htmlize::unescape_attribute(href.as_str()).into_owned());
            let tags = tags.clone();
            if let Some(handlers) = element.end_tag_handlers() {
                handlers.push(end_tag!(move |_| {
                    tags.borrow_mut().end(&name, link.as_deref());
                    Ok(())
                }));
            }
            Ok(())
        }))
        .append_document_content_handler(doc_text!(move |chunk| {
            // Skips the content of style, script and title.
            if chunk.text_type() == TextType::Data {
                words.borrow_mut().words(&htmlize::unescape(chunk.as_str()));
            }
            Ok(())
        }));
    let sound = rewrite_str(html, settings).is_ok();
    let text = std::mem::take(&mut *text.borrow_mut()).written;
    if sound && !text.is_empty() {
        text + "\n"
    } else {
        "This email is only available as HTML.\n".to_owned()
    }
}

/// The text that is being written.
#[derive(Default)]
struct Text {
    written: String,
    /// `true` if white space precedes the next words.
    space: bool,
    /// Number of line breaks before the next words.
    breaks: usize,
}

impl Text {
    fn begin(&mut self, tag: &str, alt: Option<&str>) {
        match tag {
            "br" => self.breaks += 1,
            "td" | "th" => self.space = true,
            "li" => {
                self.breaks = self.breaks.max(1);
                self.words("- ");
            }
            "img" => self.words(alt.unwrap_or_default()),
            _ => self.breaks = self.breaks.max(breaks_around(tag)),
        }
    }

    fn end(&mut self, tag: &str, link: Option<&str>) {
        if let Some(link) = link.filter(|link| !self.written.ends_with(link)) {
            self.words(&format!(" ({link})"));
        }
        self.breaks = self.breaks.max(breaks_around(tag));
    }

    fn words(&mut self, text: &str) {
        let mut words = text.split_whitespace().peekable();
        self.space |= text.starts_with(char::is_whitespace);
        if words.peek().is_none() {
            return;
        }
        for word in words {
            if self.written.is_empty() {
            } else if self.breaks > 0 {
                self.written.push_str(&"\n".repeat(self.breaks.min(2)));
            } else if self.space {
                self.written.push(' ');
            }
            self.breaks = 0;
            self.space = true;
            self.written.push_str(word);
        }
        self.space = text.ends_with(char::is_whitespace);
    }
}

/// Returns the number of line breaks before and after an element.
fn breaks_around(tag: &str) -> usize {
    match tag {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "pre"
        | "table" | "hr" => 2,
        "div" | "tr" | "section" | "article" | "header" | "footer" | "main" | "address" | "dt"
        | "dd" | "figure" => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_text() {
        let html = "<html><head><title>T</title><style>p{}</style></head><body>\
            <h1>Hi,\n  <b>Ann</b>!</h1><p>See <a href='https://a.example/?b=1&amp;c=2'>this</a> \
            &amp; that,<br>and <a href=https://b.example>https://b.example</a>.\
            <ul><li>one<li>two</ul><table><tr><td>a<td>b</table><img alt='A penguin'></body>";
        assert_eq!(
            of_html(html),
            "Hi, Ann!\n\nSee this (https://a.example/?b=1&c=2) & that,\n\
             and https://b.example.\n\n- one\n- two\n\na b\n\nA penguin\n"
        );
        assert_eq!(of_html("Hello"), "Hello\n");
        assert_eq!(
            of_html("<img src=x>"),
            "This email is only available as HTML.\n"
        );
    }

    #[test]
    fn deep_html_costs_no_more() {
        let deep = "<div>".repeat(50_000) + "Hi";
        assert_eq!(of_html(&deep), "Hi\n");
        let misnested = "<b><i></b>".repeat(20_000) + "Hi";
        assert_eq!(of_html(&misnested), "Hi\n");
    }
}
