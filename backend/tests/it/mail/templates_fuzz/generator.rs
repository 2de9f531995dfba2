//! Generator of mostly valid templates, some of them damaged.

/// A small random number generator (xorshift). A seed makes runs reproducible.
pub struct Generator(u64);

const NAMES: [&str; 9] = ["a", "list", "text", "deep", "no", "yes", "n", "e", "gone"];
const FILTERS: [&str; 14] = [
    "default('d')",
    "default(a)",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "length",
    "first",
    "last",
    "join(text)",
    "replace('q', text)",
    "escape",
    "safe",
];
const NOISE: [&str; 24] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "'",
    "\"",
    "\\",
    "-",
    "|",
    ".",
    "(",
    ")",
    "[",
    "]",
    "~",
    "{% else %}",
    "{% endif %}",
    "{% endfor %}",
    "{% set a=a+a %}",
    "\0",
    "é",
    "not ",
];

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Generates a template. One in four is damaged.
    pub fn template(&mut self) -> String {
        let mut template = self.nodes(3);
        if self.below(4) == 0 {
            for _ in 0..=self.below(4) {
                let mut at = self.below(template.len() + 1);
                while !template.is_char_boundary(at) {
                    at -= 1;
                }
                match self.below(3) {
                    0 => template.insert_str(at, self.one(&NOISE)),
                    1 => template.truncate(at),
                    _ => template = format!("{}{template}", &template[..at]),
                }
            }
        }
        template
    }

    fn nodes(&mut self, depth: usize) -> String {
        let mut nodes = String::new();
        for _ in 0..=self.below(4) {
            nodes += &self.node(depth);
        }
        nodes
    }

    fn node(&mut self, depth: usize) -> String {
        let kind = self.below(if depth == 0 { 3 } else { 6 });
        match kind {
            0 => "<p>text</p>\n".to_owned(),
            1 | 2 => format!("{{{{ {} }}}}", self.expression(2)),
            3 => format!(
                "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}",
                self.expression(1),
                self.nodes(depth - 1),
                self.expression(1),
                self.nodes(depth - 1),
                self.nodes(depth - 1)
            ),
            4 => format!(
                "{{% for x in {} %}}{}{{{{ loop.index }}}}{{% endfor %}}",
                self.one(&["list", "a", "a.b", "deep", "no", "gone|default(a)"]),
                self.nodes(depth - 1)
            ),
            _ => format!(
                "{{%- raw %}}{}{{% endraw -%}}",
                self.one(&["{{", "{# #}", "x"])
            ),
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            let name = self.one(&NAMES);
            return match self.below(6) {
                0 => format!("'{name}'"),
                1 => self.below(1000).to_string(),
                2 => format!("list[{}]|default({name}|default(a))", self.below(4000)),
                3 => format!("{name}.{}|default('d')", self.one(&NAMES)),
                _ => format!("{name}|default(a)"),
            };
        }
        let (left, right) = (self.expression(depth - 1), self.expression(depth - 1));
        match self.below(10) {
            0 => format!("({left}) ~ ({right})"),
            1 => format!("{left} and {right}"),
            2 => format!("not ({left}) or {right}"),
            3 => format!("({left}) == ({right}) or 'q' in text"),
            4 => format!("({left}) in list or list|join({right})|length > 99"),
            5 => format!("({left}) in [{right}, 'x', 1]"),
            6 => format!("({left}) if ({right}) else {left}"),
            7 => format!("({left}) is not defined"),
            _ => {
                let (one, other) = (self.one(&FILTERS), self.one(&FILTERS));
                format!("({left})|{one}|{other}")
            }
        }
    }
}
