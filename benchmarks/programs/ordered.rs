// An ordered map and a heap: events that are scheduled, cancelled and taken in order, and shortest paths in a grid.
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

fn events(count: u32, seed: &mut u64) -> u64 {
    let mut queue: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut sum = 0u64;
    for id in 0..count {
        queue.insert((next(seed) as u32 % 100_000, id), id);
        if id % 3 == 0 {
            if let Some((key, value)) = queue.range((50_000, 0)..).next().map(|(k, v)| (*k, *v)) {
                queue.remove(&key);
                sum = sum.wrapping_mul(7).wrapping_add(u64::from(value));
            }
        }
        if id % 4 == 0 {
            if let Some(first) = queue.keys().next().copied() {
                queue.remove(&first);
                sum = sum.wrapping_add(u64::from(first.0));
            }
        }
    }
    sum
}

fn paths(side: usize, seed: &mut u64) -> u64 {
    let cost: Vec<u32> = (0..side * side).map(|_| 1 + next(seed) as u32 % 9).collect();
    let mut best = vec![u32::MAX; side * side];
    let mut heap = BinaryHeap::new();
    best[0] = 0;
    heap.push(Reverse((0u32, 0usize)));
    while let Some(Reverse((distance, at))) = heap.pop() {
        if distance > best[at] {
            continue;
        }
        let (x, y) = (at % side, at / side);
        let mut visit = |to: usize| {
            let there = distance + cost[to];
            if there < best[to] {
                best[to] = there;
                heap.push(Reverse((there, to)));
            }
        };
        if x > 0 { visit(at - 1); }
        if x + 1 < side { visit(at + 1); }
        if y > 0 { visit(at - side); }
        if y + 1 < side { visit(at + side); }
    }
    best.iter().map(|&d| u64::from(d)).sum()
}

fn main() {
    let rounds: u32 = std::env::args().nth(1).map_or(14, |a| a.parse().unwrap());
    let mut seed = 88_172_645_463_325_252u64;
    let mut sum = 0u64;
    for _ in 0..rounds {
        sum = sum.wrapping_mul(31).wrapping_add(events(150_000, &mut seed));
        sum = sum.wrapping_mul(31).wrapping_add(paths(300, &mut seed));
    }
    println!("{sum:016x}");
}
