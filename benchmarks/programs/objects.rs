// Trait objects, generics and iterators: particles that bounce in a box, and statistics of them.
trait Mover {
    fn step(&mut self, time: f64);
    fn energy(&self) -> f64;
}

struct Ball {
    place: [f64; 3],
    speed: [f64; 3],
    mass: f64,
}

struct Spring {
    angle: f64,
    rate: f64,
    stiffness: f64,
}

struct Walker {
    x: i32,
    y: i32,
    seed: u32,
}

impl Mover for Ball {
    fn step(&mut self, time: f64) {
        for (p, v) in self.place.iter_mut().zip(self.speed.iter_mut()) {
            *p += *v * time;
            if *p < 0.0 || *p > 10.0 {
                *v = -*v;
                *p = p.clamp(0.0, 10.0);
            }
        }
        self.speed[2] -= 9.75 * time;
    }

    fn energy(&self) -> f64 {
        let square: f64 = self.speed.iter().map(|v| v * v).sum();
        0.5 * self.mass * square + self.mass * 9.75 * self.place[2]
    }
}

impl Mover for Spring {
    fn step(&mut self, time: f64) {
        self.rate -= self.stiffness * self.angle * time;
        self.angle += self.rate * time;
    }

    fn energy(&self) -> f64 {
        0.5 * (self.rate * self.rate + self.stiffness * self.angle * self.angle)
    }
}

impl Mover for Walker {
    fn step(&mut self, _time: f64) {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        match self.seed >> 30 {
            0 => self.x += 1,
            1 => self.x -= 1,
            2 => self.y += 1,
            _ => self.y -= 1,
        }
    }

    fn energy(&self) -> f64 {
        f64::from(self.x.abs() + self.y.abs())
    }
}

fn main() {
    let rounds: u32 = std::env::args().nth(1).map_or(80_000, |a| a.parse().unwrap());
    let mut movers: Vec<Box<dyn Mover>> = Vec::new();
    for i in 0..900u32 {
        let f = f64::from(i % 17);
        movers.push(match i % 3 {
            0 => Box::new(Ball { place: [f * 0.5, 1.0, 5.0], speed: [1.0, f * 0.1, 0.0], mass: 1.0 + f }),
            1 => Box::new(Spring { angle: f * 0.01, rate: 0.0, stiffness: 1.0 + f }),
            _ => Box::new(Walker { x: 0, y: 0, seed: i }),
        });
    }
    let mut total = 0.0;
    for round in 0..rounds {
        movers.iter_mut().for_each(|m| m.step(0.001));
        if round % 10 == 0 {
            total += movers.iter().map(|m| m.energy()).filter(|e| *e > 1.0).sum::<f64>();
        }
    }
    println!("{total:.6}");
}
