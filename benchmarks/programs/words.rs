// Counts words in a map of owned strings, and sorts what it has found.
use std::collections::HashMap;

fn main() {
    let rounds: u32 = std::env::args().nth(1).map_or(70, |a| a.parse().unwrap());
    let syllables = ["lock", "gate", "ca", "nal", "ri", "ver", "tug", "ship", "pilot", "tide"];
    let mut text = String::new();
    let mut seed = 17u32;
    for _ in 0..60_000 {
        for _ in 0..1 + (seed >> 16) % 3 {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            text.push_str(syllables[(seed >> 16) as usize % syllables.len()]);
        }
        text.push(if seed >> 28 == 0 { '\n' } else { ' ' });
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
    }
    let mut sum = 0u64;
    for round in 0..rounds {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for line in text.lines() {
            for word in line.split(' ').filter(|w| !w.is_empty()) {
                let key = if round % 2 == 0 { word.to_uppercase() } else { word.to_string() };
                *counts.entry(key).or_insert(0) += 1;
            }
        }
        let mut found: Vec<(String, u32)> = counts.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        for (i, (word, count)) in found.iter().enumerate() {
            sum = sum.wrapping_mul(31).wrapping_add(i as u64 * u64::from(*count) + word.len() as u64);
        }
    }
    println!("{sum:016x}");
}
