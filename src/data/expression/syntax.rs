//! Text to syntax tree, by the sqlparser crate, with errors at their byte positions. Which parts of the tree belong to
//! the language is left to `typing`.

use crate::domain::expression::ExpressionError;
use sqlparser::ast::{Expr, Spanned};
use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};
use std::ops::Range;

/// Longest text. The syntax tree of a chain of operators is as deep as the chain is long, and is taken down recursively.
pub(super) const MAX_BYTES: usize = 8192;
/// How deep parentheses and calls may be nested.
const MAX_NESTING: usize = 60;

/// ANSI SQL with letters of all languages in plain names.
#[derive(Debug)]
struct HouseDialect;

impl Dialect for HouseDialect {
    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }
}

/// A text and its syntax tree.
pub(super) struct Syntax<'a> {
    pub(super) root: Expr,
    lines: Lines<'a>,
}

/// Where the lines of a text begin, to turn the parser's lines and columns into bytes.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(i, _)| i + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// Bytes in front of a location; columns count characters from 1.
    fn offset(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(usize::MAX);
        let Some(&start) = line.checked_sub(1).and_then(|l| self.starts.get(l)) else {
            return self.text.len();
        };
        let column = usize::try_from(location.column).unwrap_or(usize::MAX);
        self.text[start..]
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(self.text.len(), |(i, _)| start + i)
    }

    fn range(&self, span: Span) -> Range<usize> {
        if span == Span::empty() {
            return 0..self.text.len();
        }
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }
}

impl<'a> Syntax<'a> {
    /// Parses one expression and nothing behind it.
    pub(super) fn parse(text: &'a str) -> Result<Self, ExpressionError> {
        let lines = Lines::of(text);
        if text.len() > MAX_BYTES {
            return Err(ExpressionError::at(
                MAX_BYTES..text.len(),
                format!("the expression is longer than {MAX_BYTES} bytes"),
            )
            .hint("Split it into several."));
        }
        let tokens = Tokenizer::new(&HouseDialect, text)
            .tokenize_with_location()
            .map_err(|e| cannot_tokenize(&e.message, lines.offset(e.location), text))?;
        if tokens
            .iter()
            .all(|t| matches!(t.token, Token::Whitespace(_) | Token::EOF))
        {
            return Err(ExpressionError::at(0..text.len(), "there is no expression")
                .hint("Write a condition such as x > 0."));
        }
        foreign_token(&tokens, &lines)?;
        let mut parser = Parser::new(&HouseDialect)
            .with_recursion_limit(MAX_NESTING)
            .with_tokens_with_locations(tokens);
        let root = parser.parse_expr().map_err(|e| cannot_parse(e, &lines))?;
        let next = parser.peek_token();
        if next.token != Token::EOF {
            return Err(trailing(&next, &lines));
        }
        Ok(Self { root, lines })
    }

    /// The bytes of a part of the tree.
    pub(super) fn range(&self, part: &Expr) -> Range<usize> {
        let range = self.lines.range(part.span());
        if matches!(part, Expr::Function(_)) {
            return range.start..end_of_call(self.lines.text, &range);
        }
        range
    }

    /// The bytes of a span.
    pub(super) fn range_of(&self, span: Span) -> Range<usize> {
        self.lines.range(span)
    }
}

/// The name as which a plain word is read, if it can be a column without quotes.
pub(super) fn reads_as_name(word: &str) -> bool {
    let Ok(syntax) = Syntax::parse(word) else {
        return false;
    };
    matches!(&syntax.root, Expr::Identifier(name) if name.value == word && name.quote_style.is_none())
}

fn cannot_tokenize(message: &str, offset: usize, text: &str) -> ExpressionError {
    let lower = message.to_lowercase();
    if lower.contains("unterminated string") {
        return ExpressionError::at(offset..text.len(), "a text begins here and does not end")
            .hint("Close it with '; a quote inside a text is written twice: 'it''s'.");
    }
    if lower.contains("before eof") && lower.contains("quote") || lower.contains("close delimiter")
    {
        return ExpressionError::at(
            offset..text.len(),
            "a quoted name begins here and does not end",
        )
        .hint("Close it with \".");
    }
    ExpressionError::at(offset..text.len(), "this cannot be read").hint(format!("{message}."))
}

/// Signs that the parser would take, and that other engines would not, or would read as something else.
fn foreign_token(tokens: &[TokenWithSpan], lines: &Lines<'_>) -> Result<(), ExpressionError> {
    for token in tokens {
        let (message, hint) = match &token.token {
            Token::DoubleEq => ("== is not SQL", "Write =."),
            Token::SemiColon => (
                "; ends a statement; this is one expression",
                "Leave it out.",
            ),
            Token::DoubleColon => ("::  is not standard SQL", "Write cast(x as type)."),
            Token::Word(word) if word.keyword == Keyword::SELECT && word.quote_style.is_none() => (
                "queries are not supported, only expressions",
                "Write the condition alone, as it would stand behind WHERE.",
            ),
            _ => continue,
        };
        return Err(ExpressionError::at(lines.range(token.span), message).hint(hint));
    }
    Ok(())
}

fn cannot_parse(error: ParserError, lines: &Lines<'_>) -> ExpressionError {
    let end = lines.text.len();
    let message = match error {
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
        ParserError::RecursionLimitExceeded => {
            return ExpressionError::at(0..end, "the expression is nested too deeply")
                .hint("Split it into several.");
        }
    };
    let (what, place) = message
        .rsplit_once(" at Line: ")
        .map_or((message.as_str(), None), |(what, place)| {
            (what, Some(place))
        });
    let location = place.and_then(|place| {
        let (line, column) = place.split_once(", Column: ")?;
        Some(Location::new(
            line.trim().parse().ok()?,
            column.trim().parse().ok()?,
        ))
    });
    let start = location.map_or(end, |l| lines.offset(l));
    let found = word_at(lines.text, start);
    let expected = what
        .strip_prefix("Expected: ")
        .and_then(|rest| rest.split_once(", found: "))
        .map_or(what, |(expected, _)| expected);
    if found.is_empty() {
        return ExpressionError::at(
            end..end,
            format!("the expression ends where {expected} should follow"),
        )
        .hint("Complete it.");
    }
    let range = start..start + found.len();
    ExpressionError::at(range, format!("{expected} should stand here, not {found}")).hint(
        "A column whose name is a word of SQL, or has blanks or signs in it, is written in double quotes: \"order\".",
    )
}

fn trailing(next: &TokenWithSpan, lines: &Lines<'_>) -> ExpressionError {
    let range = lines.range(next.span);
    let error = ExpressionError::at(
        range,
        format!(
            "{} does not belong behind a complete expression",
            next.token
        ),
    );
    match &next.token {
        Token::SingleQuotedString(_) | Token::Number(..) => {
            error.hint("A comparison is missing in front of it, such as =.")
        }
        Token::RParen => error.hint("There is no ( for it."),
        _ => error.hint(
            "Join conditions with and, or; a name with blanks or signs in it is written in double quotes.",
        ),
    }
}

/// Where a call ends whose span the parser leaves without its last parenthesis.
fn end_of_call(text: &str, range: &Range<usize>) -> usize {
    let (mut depth, mut opened, mut quote) = (0_usize, false, None);
    for (i, c) in text[range.start..].char_indices() {
        let end = range.start + i + c.len_utf8();
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => (depth, opened) = (depth + 1, true),
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 && opened && end >= range.end {
                    return end;
                }
            }
            _ => {}
        }
    }
    range.end
}

/// The word or sign at an offset, empty at the end.
fn word_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let Some(first) = rest.chars().next() else {
        return rest;
    };
    let length = if is_word(first) {
        rest.find(|c| !is_word(c)).unwrap_or(rest.len())
    } else {
        first.len_utf8()
    };
    &rest[..length]
}
