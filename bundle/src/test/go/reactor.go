// A library in Go: its functions are called from outside, call a function there, and use goroutines.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

//go:wasmimport host log
func log(text string)

// twice is a function outside that calls square, in here.
//
//go:wasmimport host twice
func twice(number int64) int64

var kept = map[int32]string{}

//go:wasmexport add
func add(a, b int32) int32 {
	return a + b
}

//go:wasmexport average
func average(a float64, b float32) float64 {
	return (a + float64(b)) / 2
}

//go:wasmexport greet
func greet(name *byte, length int32) {
	log("Hello, " + strings.ToUpper(unsafe.String(name, length)))
}

//go:wasmexport keep
func keep(key int32) int32 {
	kept[key] = fmt.Sprint(key)
	runtime.GC()
	return int32(len(kept))
}

// allocate gives memory for an argument; it stays until the next one is asked for.
//
//go:wasmexport allocate
func allocate(length int32) unsafe.Pointer {
	room = make([]byte, length)
	return unsafe.Pointer(unsafe.SliceData(room))
}

var room []byte

//go:wasmexport square
func square(number int64) int64 {
	runtime.Gosched()
	return number * number
}

//go:wasmexport nested
func nested(number int64) int64 {
	results := make(chan int64)
	go func() { results <- twice(number) }()
	return <-results + 1
}

//go:wasmexport sum
func sum(goroutines int32) int64 {
	var group sync.WaitGroup
	parts := make(chan int64, goroutines)
	for i := range goroutines {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.Gosched()
			parts <- int64(i)
		}()
	}
	group.Wait()
	close(parts)
	total := int64(0)
	for part := range parts {
		total += part
	}
	return total
}

//go:wasmexport leave
func leave(code int32) {
	os.Exit(int(code))
}

//go:wasmexport fail
func fail() {
	panic("of our own")
}

func init() {
	log("initialized")
}

func main() {
	panic("main of a library runs")
}
