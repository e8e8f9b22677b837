// Checks a log by the packages of Go's checksum database alone: notes, tiles, inclusion and consistency.
//
//	verify DIR
//
// DIR has vkey, checkpoint, older (an earlier checkpoint), record, index, inclusion and consistency (a hash in Base64 on each line), and the
// tiles of the checkpoint's tree under their paths.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var dir = os.Args[1]

func check(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, name))
	check(err)
	return data
}

func checkpoint(name string) tlog.Tree {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read("vkey"))))
	check(err)
	opened, err := note.Open(read(name), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		check(fmt.Errorf("%s: not a checkpoint of %s", name, verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func hash(line string) tlog.Hash {
	data, err := base64.StdEncoding.DecodeString(line)
	check(err)
	var h tlog.Hash
	if copy(h[:], data) != len(h) || len(data) != len(h) {
		check(fmt.Errorf("not a hash: %s", line))
	}
	return h
}

func path(name string) []tlog.Hash {
	var hashes []tlog.Hash
	for _, line := range strings.Fields(string(read(name))) {
		hashes = append(hashes, hash(line))
	}
	return hashes
}

// Go's paths name the height of the tile, those of tlog-tiles do not.
type tiles struct{}

func (tiles) Height() int { return 8 }

func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		data = append(data, read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	tree, older := checkpoint("checkpoint"), checkpoint("older")
	index, err := strconv.ParseInt(string(read("index")), 10, 64)
	check(err)
	inclusion, consistency := tlog.RecordProof(path("inclusion")), tlog.TreeProof(path("consistency"))

	check(tlog.CheckRecord(inclusion, tree.N, tree.Hash, index, tlog.RecordHash(read("record"))))
	check(tlog.CheckTree(consistency, tree.N, tree.Hash, older.N, older.Hash))

	// The same once more from the tiles, each of which is checked against the head.
	reader := tlog.TileHashReader(tree, tiles{})
	ownInclusion, err := tlog.ProveRecord(tree.N, index, reader)
	check(err)
	ownConsistency, err := tlog.ProveTree(tree.N, older.N, reader)
	check(err)
	if !reflect.DeepEqual(inclusion, ownInclusion) || !reflect.DeepEqual(consistency, ownConsistency) {
		check(fmt.Errorf("the tiles give other proofs"))
	}
	fmt.Println("verified", tree.N)
}
