// Parses arithmetic into boxed trees, simplifies them, and evaluates them with variables: enums, boxes and matches.
#[derive(Clone, PartialEq)]
enum Expression {
    Number(i64),
    Variable(u8),
    Binary(u8, Box<Expression>, Box<Expression>),
}

use Expression::{Binary, Number, Variable};

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> u8 {
        *self.text.get(self.at).unwrap_or(&0)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while matches!(self.peek(), b'+' | b'-') {
            let operator = self.peek();
            self.at += 1;
            left = Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.atom()?;
        while matches!(self.peek(), b'*' | b'%') {
            let operator = self.peek();
            self.at += 1;
            left = Binary(operator, Box::new(left), Box::new(self.atom()?));
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Expression, String> {
        match self.peek() {
            b'(' => {
                self.at += 1;
                let inside = self.sum()?;
                if self.peek() != b')' {
                    return Err(format!("expected ) at {}", self.at));
                }
                self.at += 1;
                Ok(inside)
            }
            c @ b'a'..=b'z' => {
                self.at += 1;
                Ok(Variable(c - b'a'))
            }
            b'0'..=b'9' => {
                let mut value = 0i64;
                while self.peek().is_ascii_digit() {
                    value = value * 10 + i64::from(self.peek() - b'0');
                    self.at += 1;
                }
                Ok(Number(value))
            }
            other => Err(format!("unexpected {:?} at {}", other as char, self.at)),
        }
    }
}

fn apply(operator: u8, a: i64, b: i64) -> i64 {
    match operator {
        b'+' => a.wrapping_add(b),
        b'-' => a.wrapping_sub(b),
        b'*' => a.wrapping_mul(b),
        _ => if b == 0 { 0 } else { a.wrapping_rem(b) },
    }
}

fn simplify(e: Expression) -> Expression {
    match e {
        Binary(operator, left, right) => match (operator, simplify(*left), simplify(*right)) {
            (_, Number(a), Number(b)) => Number(apply(operator, a, b)),
            (b'+' | b'-', a, Number(0)) => a,
            (b'*', _, Number(0)) => Number(0),
            (b'*', a, Number(1)) => a,
            (b'-', a, b) if a == b => Number(0),
            (operator, a, b) => Binary(operator, Box::new(a), Box::new(b)),
        },
        other => other,
    }
}

fn evaluate(e: &Expression, variables: &[i64; 26]) -> i64 {
    match e {
        Number(n) => *n,
        Variable(v) => variables[*v as usize],
        Binary(operator, a, b) => apply(*operator, evaluate(a, variables), evaluate(b, variables)),
    }
}

fn main() {
    let rounds: i64 = std::env::args().nth(1).map_or(1800, |a| a.parse().unwrap());
    let pieces = ["(a+3*b)", "12*(c-c)+7", "x%(y+1)", "(1+2)*(3+4)", "((p-0)*1+q)", "z*z*z-41", "(k+(l+(m+n)))"];
    let mut texts = Vec::new();
    for i in 0..60usize {
        let mut text = String::new();
        for j in 0..5 + i % 7 {
            if j > 0 {
                text.push(b"+-*%"[(i + j) % 4] as char);
            }
            text.push_str(pieces[(i * 3 + j) % pieces.len()]);
        }
        texts.push(text);
    }
    let mut sum = 0i64;
    for round in 0..rounds {
        let mut variables = [0i64; 26];
        for (i, v) in variables.iter_mut().enumerate() {
            *v = round * 7 + i as i64 * 13;
        }
        for text in &texts {
            let mut parser = Parser { text: text.as_bytes(), at: 0 };
            match parser.sum() {
                Ok(tree) => {
                    let tree = simplify(tree);
                    for i in 0..10 {
                        variables[i] += 1;
                        sum = sum.wrapping_mul(31).wrapping_add(evaluate(&tree, &variables));
                    }
                }
                Err(message) => panic!("{}: {}", text, message),
            }
        }
    }
    println!("{sum}");
}
