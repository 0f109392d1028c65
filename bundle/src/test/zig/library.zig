//! What Zig's standard library asks of WASI: library COMMAND. `/data` is a directory that may be changed.

const std = @import("std");
const Io = std.Io;
const Init = std.process.Init;

const Command = enum { process, files, memory, numbers, fail, panic, index, overflow, unreachable_code, deep };

pub fn main(init: Init) !u8 {
    const arguments = try init.minimal.args.toSlice(init.arena.allocator());
    switch (std.meta.stringToEnum(Command, arguments[1]) orelse return error.UnknownCommand) {
        .process => return process(init, arguments),
        .files => try files(init),
        .memory => try memory(init),
        .numbers => try numbers(init),
        .fail => return error.OfOurOwn,
        .panic => @panic("of our own"),
        .index => try print(init.io, "{s}\n", .{arguments[arguments.len + 1]}),
        .overflow => {
            const small: u8 = @intCast(250 + arguments.len);
            try print(init.io, "{d}\n", .{small + 100});
        },
        .unreachable_code => if (arguments.len == 2) unreachable,
        .deep => try print(init.io, "{d}\n", .{down(std.math.maxInt(u64))}),
    }
    return 0;
}

fn print(io: Io, comptime format: []const u8, values: anytype) !void {
    var buffer: [256]u8 = undefined;
    var writer = Io.File.stdout().writer(io, &buffer);
    try writer.interface.print(format, values);
    try writer.interface.flush();
}

fn expect(what: []const u8, correct: bool) void {
    if (!correct) std.debug.panic("wrong: {s}", .{what});
}

fn expectText(actual: []const u8, expected: []const u8) void {
    if (!std.mem.eql(u8, actual, expected)) std.debug.panic("\"{s}\" instead of \"{s}\"", .{ actual, expected });
}

fn expectError(expected: anyerror, result: anytype) void {
    if (result) |_| {
        std.debug.panic("no error instead of {t}", .{expected});
    } else |actual| {
        if (actual != expected) std.debug.panic("{t} instead of {t}", .{ actual, expected });
    }
}

/// Arguments, variables, the standard streams, the clocks, the exit code.
fn process(init: Init, arguments: []const [:0]const u8) !u8 {
    const io = init.io;
    expect("the number of arguments", arguments.len == 4);
    expectText(arguments[2], "");
    expectText(arguments[3], "zwei \u{e4}");
    expectText(init.environ_map.get("NAME").?, "value=\u{fc}");
    expect("no variable", init.environ_map.get("NONE") == null);

    const start = Io.Clock.awake.now(io);
    try io.sleep(.fromMilliseconds(20), .awake);
    expect("the time", start.untilNow(io, .awake).toMilliseconds() >= 20);
    expect("the date", Io.Clock.real.now(io).toSeconds() > 1_700_000_000);
    var random: [32]u8 = @splat(0);
    io.random(&random);
    expect("random bytes", !std.mem.allEqual(u8, &random, 0));

    var buffer: [64]u8 = undefined;
    var stdin = Io.File.stdin().reader(io, &buffer);
    var sum: i64 = 0;
    while (try stdin.interface.takeDelimiter('\n')) |line| sum += try std.fmt.parseInt(i64, line, 10);
    try print(io, "{d}\n", .{sum});
    std.debug.print("done\n", .{});
    return 7;
}

fn files(init: Init) !void {
    const io = init.io;
    const gpa = init.gpa;
    const data = init.preopens.get("/data").?.dir;
    try data.createDirPath(io, "a/b/c");
    try data.writeFile(io, .{ .sub_path = "a/file", .data = "hello" });
    {
        const file = try data.openFile(io, "a/file", .{ .mode = .read_write });
        defer file.close(io);
        try file.writePositionalAll(io, " world", 5);
        var buffer: [16]u8 = undefined;
        const length = try file.readPositionalAll(io, &buffer, 6);
        expectText(buffer[0..length], "world");
        try file.sync(io);
        try file.setLength(io, 5);
        expect("the size", try file.length(io) == 5);
        expect("no terminal", !try file.isTty(io));
        const moment = Io.Timestamp.fromNanoseconds(1_234_567_890_123_456_789);
        try file.setTimestamps(io, .{ .modify_timestamp = .init(moment) });
        const stat = try file.stat(io);
        expect("the kind", stat.kind == .file);
        expect("the time", stat.mtime.nanoseconds == moment.nanoseconds);
    }
    expectError(error.FileNotFound, data.openFile(io, "none", .{}));
    expectError(error.PathAlreadyExists, data.createFile(io, "a/file", .{ .exclusive = true }));
    expectError(error.PathAlreadyExists, data.createDir(io, "a", .default_dir));
    expectError(error.DirNotEmpty, data.deleteDir(io, "a"));
    expectError(error.NotDir, data.openFile(io, "a/file/x", .{}));
    if (data.openFile(io, "../secret", .{})) |_| @panic("outside") else |_| {}

    try data.symLink(io, "file", "a/link", .{});
    var target: [16]u8 = undefined;
    expectText(target[0..try data.readLink(io, "a/link", &target)], "file");
    expect("the link itself", (try data.statFile(io, "a/link", .{ .follow_symlinks = false })).kind == .sym_link);
    try data.rename("a/file", data, "a/renamed", io);
    expectError(error.FileNotFound, data.statFile(io, "a/link", .{}));
    try data.deleteFile(io, "a/link");
    try data.copyFile("a/renamed", data, "a/b/copied", io, .{});
    const content = try data.readFileAlloc(io, "a/b/copied", gpa, .limited(100));
    defer gpa.free(content);
    expectText(content, "hello");

    // More than the buffer of a listing holds.
    var name: [80]u8 = undefined;
    for (0..500) |i| {
        const path = try std.fmt.bufPrint(&name, "a/b/c/{d:0>64}", .{i});
        try data.writeFile(io, .{ .sub_path = path, .data = path });
    }
    var tree = try data.openDir(io, "a", .{ .iterate = true });
    defer tree.close(io);
    var walker = try tree.walk(gpa);
    defer walker.deinit();
    var folders: usize = 0;
    var others: usize = 0;
    while (try walker.next(io)) |entry| {
        if (entry.kind == .directory) folders += 1 else others += 1;
    }
    try print(io, "{d} folders, {d} files\n", .{ folders, others });
    try data.deleteTree(io, "a");
    expectError(error.FileNotFound, data.openDir(io, "a", .{}));
}

fn memory(init: Init) !void {
    const gpa = init.gpa;
    var words: std.StringHashMapUnmanaged(usize) = .empty;
    defer words.deinit(gpa);
    var lists: std.ArrayList([]u8) = .empty;
    defer lists.deinit(gpa);
    var random = std.Random.DefaultPrng.init(1);
    for (0..50_000) |i| {
        const block = try gpa.alloc(u8, random.random().uintLessThan(usize, 2000));
        @memset(block, @truncate(i));
        try lists.append(gpa, block);
        if (lists.items.len > 1000) {
            const freed = lists.swapRemove(random.random().uintLessThan(usize, lists.items.len));
            for (freed) |byte| expect("memory", byte == freed[0]);
            gpa.free(freed);
        }
        const key = try std.fmt.allocPrint(init.arena.allocator(), "key{d}", .{i % 3000});
        (try words.getOrPutValue(gpa, key, 0)).value_ptr.* += 1;
    }
    for (lists.items) |block| gpa.free(block);
    expectError(error.OutOfMemory, gpa.alloc(u8, 1 << 31));
    const large = try gpa.alloc(u32, 1 << 24);
    defer gpa.free(large);
    for (large, 0..) |*element, i| element.* = i;
    try print(init.io, "{d} words, {d}, {d}\n", .{ words.count(), words.get("key7").?, large[large.len - 1] });
}

/// Wide integers, vectors, formats, hashes.
fn numbers(init: Init) !void {
    const io = init.io;
    var factorial: u256 = 1;
    for (1..58) |i| factorial *= i;
    try print(io, "{d} {x}\n", .{ factorial, factorial / (1 << 130) });
    const wide = @as(i128, std.math.minInt(i64)) * std.math.maxInt(i64);
    try print(io, "{d} {d} {d}\n", .{ wide, @divFloor(wide, 1_000_003), @mod(wide, 1_000_003) });
    var vector: @Vector(8, i16) = .{ 1, -2, 3, -4, 5, -6, 7, 32767 };
    vector +|= @as(@Vector(8, i16), @splat(100));
    try print(io, "{any} {d}\n", .{ vector, @reduce(.Max, vector) });
    try print(io, "{d} {d} {e} {d:.3}\n", .{ 0.1 + 0.2, @as(f32, 0.1), 1.0e-310, std.math.pi });
    try print(io, "{d} {d} {d}\n", .{ @as(f128, 1) / 3, @as(f16, 65504), @sqrt(@as(f64, 2)) });
    try print(io, "{d} {d} {d}\n", .{ @popCount(factorial), @ctz(factorial), @bitReverse(@as(u24, 0x123456)) });
    var digest: [32]u8 = undefined;
    std.crypto.hash.sha2.Sha256.hash("gatun", &digest, .{});
    try print(io, "{x}\n", .{&digest});
    std.crypto.hash.Blake3.hash("gatun", &digest, .{});
    try print(io, "{x}\n", .{&digest});
    var items = [_]u32{ 5, 3, 9, 1, 7 };
    std.mem.sort(u32, &items, {}, std.sort.desc(u32));
    try print(io, "{any}\n", .{items});
}

fn down(n: u64) u64 {
    if (n == 0) return 0;
    var space = [2]u64{ n, 0 };
    space[1] = @call(.never_inline, down, .{n - 1});
    std.mem.doNotOptimizeAway(&space);
    return space[0] +% space[1];
}
