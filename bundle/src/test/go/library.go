// What Go's runtime and standard library ask of WASI: library COMMAND. /data is a directory that may be changed, /fixed one
// that may not; with serve, descriptor 3 is a socket that listens.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func failure[T any](_ T, err error) error {
	return err
}

func expect[T comparable](what string, actual, expected T) {
	if actual != expected {
		panic(fmt.Sprintf("%s: %v instead of %v", what, actual, expected))
	}
}

func expectError(what string, err, expected error) {
	if !errors.Is(err, expected) {
		panic(fmt.Sprintf("%s: %v instead of %v", what, err, expected))
	}
}

func main() {
	commands := map[string]func(){
		"deadlock":   func() { <-make(chan int) },
		"deep":       deep,
		"divide":     func() { fmt.Println(1 / (len(os.Args) - 2)) },
		"files":      files,
		"goroutines": goroutines,
		"index":      func() { fmt.Println(os.Args[len(os.Args)]) },
		"listing":    listing,
		"memory":     memory,
		"overflow":   overflow,
		"panic":      func() { panic(errors.New("of our own")) },
		"pointer":    func() { fmt.Println(*pointer) },
		"process":    process,
		"serve":      serve,
		"text":       text,
		"time":       clocks,
		"trap":       trap,
	}
	commands[os.Args[1]]()
}

var pointer *int

// Arguments, variables, the standard streams, the exit code.
func process() {
	expect("arguments", strings.Join(os.Args[2:], "|"), "one||zwei \u00e4")
	expect("a variable", os.Getenv("NAME"), "value=\u00fc")
	_, present := os.LookupEnv("NONE")
	expect("no variable", present, false)
	expect("variables", len(os.Environ()), 2)
	expect("the folder", must(os.Getwd()), "/data")
	sum := 0
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var number int
		must(fmt.Sscan(lines.Text(), &number))
		sum += number
	}
	check(lines.Err())
	fmt.Println(runtime.GOOS, runtime.GOARCH, sum)
	fmt.Fprintln(os.Stderr, "done")
	defer fmt.Println("not reached")
	os.Exit(7)
}

func files() {
	check(os.MkdirAll("/data/a/b/c", 0o755))
	check(os.WriteFile("/data/a/file", []byte("hello"), 0o644))
	// Relative to PWD.
	expect("a relative path", string(must(os.ReadFile("a/file"))), "hello")
	file := must(os.OpenFile("/data/a/file", os.O_RDWR|os.O_APPEND, 0))
	must(file.WriteString(" world"))
	expect("seek", must(file.Seek(-5, io.SeekEnd)), 6)
	expect("the rest", string(must(io.ReadAll(file))), "world")
	expect("the end", must(file.Seek(0, io.SeekCurrent)), 11)
	buffer := make([]byte, 4)
	expect("ReadAt", must(file.ReadAt(buffer, 1)), 4)
	expect("ReadAt", string(buffer), "ello")
	_, err := file.ReadAt(buffer, 9)
	expectError("ReadAt at the end", err, io.EOF)
	check(file.Sync())
	check(file.Truncate(5))
	expect("the size", must(file.Stat()).Size(), 5)
	check(file.Close())
	_, err = file.Write(buffer)
	expectError("a closed file", err, os.ErrClosed)
	file = must(os.OpenFile("/data/a/file", os.O_RDWR, 0))
	must(file.WriteAt([]byte("J"), 0))
	must(file.WriteAt([]byte("y"), 6))
	check(file.Close())
	expect("what was written at", string(must(os.ReadFile("/data/a/file"))), "Jello\x00y")

	moment := time.Unix(1234567890, 123456789)
	check(os.Chtimes("/data/a/file", moment, moment))
	expect("the time", must(os.Stat("/data/a/file")).ModTime().UnixNano(), moment.UnixNano())
	check(os.Symlink("file", "/data/a/link"))
	expect("the link", must(os.Readlink("/data/a/link")), "file")
	expect("its kind", must(os.Lstat("/data/a/link")).Mode().Type(), fs.ModeSymlink)
	expect("through the link", must(os.Stat("/data/a/link")).Size(), 7)
	check(os.Link("/data/a/file", "/data/a/b/hard"))
	expect("one file", os.SameFile(must(os.Stat("/data/a/file")), must(os.Stat("/data/a/b/hard"))), true)
	check(os.Rename("/data/a/b/hard", "/data/a/b/c/moved"))

	_, err = os.Open("/data/none")
	expectError("a file that is not there", err, fs.ErrNotExist)
	expect("its message", err.Error(), "open /data/none: No such file or directory")
	_, err = os.OpenFile("/data/a/file", os.O_CREATE|os.O_EXCL, 0o644)
	expectError("a file that is", err, fs.ErrExist)
	expect("a folder that is not empty", os.Remove("/data/a").Error(), "remove /data/a: Directory not empty")
	expectError("a folder that is there", os.Mkdir("/data/a", 0o755), fs.ErrExist)
	expect("no folder", failure(os.ReadDir("/data/a/file")).Error(), "open /data/a/file: Not a directory")
	for _, outside := range []string{"/data/../secret", "../secret", "/etc/passwd", "/data/out/secret"} {
		if content, err := os.ReadFile(outside); err == nil {
			panic(outside + " was read: " + string(content))
		}
	}
	expect("a fixed file", string(must(os.ReadFile("/fixed/kept"))), "kept")
	for _, err := range []error{
		os.WriteFile("/fixed/kept", nil, 0o644), os.Remove("/fixed/kept"), os.Mkdir("/fixed/new", 0o755),
		os.Rename("/fixed/kept", "/data/kept"), os.Truncate("/fixed/kept", 0),
	} {
		if err == nil {
			panic("what was given for reading was changed")
		}
	}

	var names []string
	check(filepath.WalkDir("/data/a", func(path string, entry fs.DirEntry, err error) error {
		names = append(names, fmt.Sprintf("%s:%s", path, entry.Type()))
		return err
	}))
	fmt.Println(strings.Join(names, "\n"))

	root := must(os.OpenRoot("/data/a"))
	expect("in the root", must(root.Stat("b/c/moved")).Size(), 7)
	check(os.Symlink("../../fixed", "/data/a/escape"))
	for _, outside := range []string{"../a/file", "escape/kept", "/fixed/kept"} {
		if _, err := root.Open(outside); err == nil {
			panic(outside + " was opened from the root")
		}
	}
	check(root.Close())

	temporary := must(os.CreateTemp("/data", "of-*.tmp"))
	check(os.CopyFS("/data/copy", os.DirFS("/data/a/b")))
	check(temporary.Close())
	expect("the copy", string(must(os.ReadFile("/data/copy/c/moved"))), "Jello\x00y")
	for _, path := range []string{temporary.Name(), "/data/a", "/data/copy"} {
		check(os.RemoveAll(path))
	}
	expect("what is left", len(must(os.ReadDir("/data"))), 1)
}

// More names than one buffer of the runtime holds, of which some go while they are listed.
func listing() {
	const count = 3000
	check(os.Mkdir("/data/many", 0o755))
	for i := range count {
		check(os.WriteFile(fmt.Sprintf("/data/many/%05d-%s", i, strings.Repeat("n", i%40)), nil, 0o644))
	}
	folder := must(os.Open("/data/many"))
	seen := map[string]bool{}
	for {
		entries, err := folder.ReadDir(100)
		for _, entry := range entries {
			if seen[entry.Name()] {
				panic(entry.Name() + " is there twice")
			}
			seen[entry.Name()] = true
			check(os.Remove("/data/many/" + entry.Name()))
		}
		if err == io.EOF {
			break
		}
		check(err)
	}
	check(folder.Close())
	fmt.Println(len(seen), len(must(os.ReadDir("/data/many"))))
	check(os.Remove("/data/many"))
}

func goroutines() {
	// A sieve whose primes each have a goroutine.
	numbers := make(chan int)
	go func(to chan<- int) {
		for i := 2; ; i++ {
			to <- i
		}
	}(numbers)
	prime := 0
	for range 300 {
		prime = <-numbers
		next := make(chan int)
		go func(from <-chan int, prime int) {
			for {
				if i := <-from; i%prime != 0 {
					next <- i
				}
			}
		}(numbers, prime)
		numbers = next
	}
	fmt.Println("prime", prime, "goroutines", runtime.NumGoroutine())

	var group sync.WaitGroup
	var lock sync.Mutex
	var count atomic.Int64
	sums := map[int]int{}
	for i := range 10_000 {
		group.Add(1)
		go func() {
			defer group.Done()
			count.Add(1)
			runtime.Gosched()
			lock.Lock()
			defer lock.Unlock()
			sums[i%10] += i
		}()
	}
	group.Wait()
	fmt.Println(count.Load(), sums)

	// A panic of one of them, recovered there.
	failures := make(chan error)
	go func() {
		defer func() {
			failures <- fmt.Errorf("recovered: %v", recover())
		}()
		var none map[string]int
		none["a"] = 1
	}()
	fmt.Println(<-failures)

	deadline, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	select {
	case <-deadline.Done():
		fmt.Println(deadline.Err())
	case <-time.After(time.Minute):
		fmt.Println("too late")
	}
	// Sleepers wake in the order of their times, not of their start.
	woken := make(chan int, 3)
	for _, delay := range []int{60, 20, 40} {
		go func() {
			time.Sleep(time.Duration(delay) * time.Millisecond)
			woken <- delay
		}()
	}
	fmt.Println(<-woken, <-woken, <-woken)
}

type node struct {
	left, right *node
	data        [4]int
}

func tree(depth int) *node {
	if depth == 0 {
		return &node{data: [4]int{1, 2, 3, 4}}
	}
	return &node{tree(depth - 1), tree(depth - 1), [4]int{}}
}

func (n *node) sum() int {
	if n.left == nil {
		return n.data[0] + n.data[3]
	}
	return n.left.sum() + n.right.sum()
}

// Garbage while a tree, a map and finalizers live.
func memory() {
	kept := tree(14)
	words := map[string][]int{}
	sum := 0
	for i := range 40 {
		sum += tree(12).sum()
		for j := range 1000 {
			key := fmt.Sprint("key", (i*1000+j)%5000)
			words[key] = append(words[key], i)
		}
		if i%4 == 3 {
			delete(words, fmt.Sprint("key", i))
		}
	}
	finalized := make(chan bool, 1)
	runtime.SetFinalizer(&node{}, func(*node) { finalized <- true })
	runtime.GC()
	fmt.Println("finalized", <-finalized)
	total := 0
	for _, list := range words {
		total += len(list)
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	// How often depends on the time that the collections take; one was asked for.
	fmt.Println(kept.sum(), sum, len(words), total, stats.NumGC > 1)
	if stats.HeapSys > 256<<20 {
		panic(fmt.Sprintf("%d bytes of heap", stats.HeapSys))
	}
	block := make([]byte, 200<<20)
	for i := range block {
		block[i] = byte(i)
	}
	fmt.Printf("%x\n", sha256.Sum256(block[:1<<20]))
	debug.FreeOSMemory()
}

func ackermann(m, n int) int {
	switch {
	case m == 0:
		return n + 1
	case n == 0:
		return ackermann(m-1, 1)
	}
	return ackermann(m-1, ackermann(m, n-1))
}

func down(n int) int {
	var space [20]int
	if n == 0 {
		return 0
	}
	space[n%20] = n
	return down(n-1) + space[n%20] - n + 1
}

// A call that lets others run at each level: its frames are Go's alone then, for what is resumed starts at its top frame.
func yielding(n int) int {
	if n == 0 {
		return 0
	}
	runtime.Gosched()
	return yielding(n-1) + 1
}

// A stack of Go is in memory and is moved as it grows; beside it grows that of the calls of wasm.
func deep() {
	fmt.Println(down(20_000), ackermann(2, 500))
	results := make(chan int)
	for i := range 10 {
		go func() { results <- down(2000 * (i + 1)) }()
	}
	sum := 0
	for range 10 {
		sum += <-results
	}
	fmt.Println(sum, yielding(1_000_000))
}

func endless(n int) int {
	return endless(n+1) + 1
}

// Ends by the limit of Go if it is the smaller one, else by that of the calls of wasm.
func overflow() {
	if len(os.Args) > 2 {
		debug.SetMaxStack(256 << 10)
	}
	fmt.Println(endless(0))
}

// The runtime's own calamity: an abort, which is a trap.
func trap() {
	debug.SetTraceback("crash")
	panic("crash")
}

func text() {
	type point struct {
		X, Y float64
		Tags map[string]any `json:"tags,omitempty"`
	}
	var decoded []point
	check(json.Unmarshal([]byte(`[{"X":1.5e300,"Y":-0.1},{"tags":{"a":[1,"\u00e4",null]}}]`), &decoded))
	fmt.Println(string(must(json.Marshal(decoded))), decoded[1])

	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	must(writer.Write(bytes.Repeat([]byte("gatun "), 100_000)))
	check(writer.Close())
	small := packed.Len() < 2000
	fmt.Println(len(must(io.ReadAll(must(gzip.NewReader(&packed))))), small)

	factorial := new(big.Int).MulRange(1, 200)
	digits := factorial.String()
	fmt.Println(len(digits), digits[:20], new(big.Int).Exp(big.NewInt(3), factorial, big.NewInt(1_000_000_007)))

	fmt.Printf("%g %.3f %e %x %q %v %+d\n", 0.1+0.2, 2.0/3, 1e-320, 255, "a\nb", []string{"c"}, -0)
	words := strings.Fields("the quick brown fox jumps over the lazy dog")
	slices.Sort(words)
	fmt.Println(slices.Compact(words))

	one, other := make([]byte, 32), make([]byte, 32)
	must(rand.Read(one))
	must(rand.Read(other))
	fmt.Println(bytes.Equal(one, other))
}

func clocks() {
	start := time.Now()
	time.Sleep(30 * time.Millisecond)
	if elapsed := time.Since(start); elapsed < 30*time.Millisecond || elapsed > time.Minute {
		panic(elapsed)
	}
	ticker := time.NewTicker(5 * time.Millisecond)
	for range 3 {
		<-ticker.C
	}
	ticker.Stop()
	fmt.Println(time.Unix(0, 0).UTC().Format(time.RFC3339), start.Unix())
}

func serve() {
	// Else one goroutine that waits for a connection keeps all from running.
	check(syscall.SetNonblock(3, true))
	listener := must(net.FileListener(os.NewFile(3, "socket")))
	var group sync.WaitGroup
	for range 2 {
		connection := must(listener.Accept())
		group.Add(1)
		go func() {
			defer group.Done()
			lines := bufio.NewScanner(connection)
			for lines.Scan() {
				must(fmt.Fprintln(connection, strings.ToUpper(lines.Text())))
			}
			check(connection.Close())
		}()
	}
	group.Wait()
	check(listener.Close())
	fmt.Println("served")
}
