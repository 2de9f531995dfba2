//! The syntax tree of a template. Chains are vectors, so that only nesting, which `MAX_DEPTH`
//! bounds, adds depth to the tree.

use super::value::Value;

/// A node of the syntax tree.
pub enum Node<'s> {
    /// Literal text and its line.
    Text(&'s str, u32),
    Output(Expr<'s>),
    If {
        branches: Vec<(Expr<'s>, Vec<Self>)>,
        otherwise: Vec<Self>,
    },
    For(Box<For<'s>>),
}

/// A loop over the elements of a list or the members of an object.
pub struct For<'s> {
    pub line: u32,
    /// Variable for a member's name, in `{% for key, value in object %}`.
    pub key: Option<&'s str>,
    pub item: &'s str,
    pub list: Expr<'s>,
    pub body: Vec<Node<'s>>,
    pub otherwise: Vec<Node<'s>>,
}

pub struct Expr<'s> {
    pub line: u32,
    pub kind: ExprKind<'s>,
}

pub enum ExprKind<'s> {
    Literal(Value<'s>),
    Variable(&'s str),
    Chain(Box<Expr<'s>>, Vec<Step<'s>>),
    Not(Box<Expr<'s>>),
    And(Vec<Expr<'s>>),
    Or(Vec<Expr<'s>>),
    Concat(Vec<Expr<'s>>),
    Compare(Box<Expr<'s>>, Comparison, Box<Expr<'s>>),
    /// Membership test: `plan in ["gold", "silver"]`
    InList(Box<Expr<'s>>, Vec<Expr<'s>>),
    Choice(Box<Choice<'s>>),
}

/// Conditional expression: `value if condition else otherwise`
pub struct Choice<'s> {
    pub condition: Expr<'s>,
    pub value: Expr<'s>,
    pub otherwise: Option<Expr<'s>>,
}

/// A step of a chain: `user.name|default("friend")`.
pub enum Step<'s> {
    Member(&'s str),
    Index(Expr<'s>),
    Filter(Filter, Vec<Expr<'s>>),
    /// `is defined`; negated if `true`.
    Test(Test, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($word:literal $variant:ident;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// All names, for error messages.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            pub fn find(name: &str) -> Option<Self> {
                let words = [$(($word, Self::$variant)),*];
                words.into_iter().find(|(word, _)| *word == name).map(|(_, found)| found)
            }
        }
    };
}

words! {
    Filter {
        "default" Default;
        "upper" Upper;
        "lower" Lower;
        "capitalize" Capitalize;
        "title" Title;
        "trim" Trim;
        "replace" Replace;
        "length" Length;
        "first" First;
        "last" Last;
        "join" Join;
        "escape" Escape;
        "safe" Safe;
    }
}

words! {
    /// Tests for the `is` operator.
    Test {
        "defined" Defined;
        "none" None;
    }
}

impl Filter {
    /// Returns the minimum and maximum number of arguments.
    pub const fn arguments(self) -> (usize, usize) {
        match self {
            Self::Default | Self::Join => (0, 1),
            Self::Replace => (2, 2),
            _ => (0, 0),
        }
    }
}
