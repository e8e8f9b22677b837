// Checks an audit bundle by Go's own packages alone: archive/zip, and notes and tiles of the checksum database.
//
//	bundle FILE VKEY
package main

import (
	"archive/zip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var files = map[string]*zip.File{}
var known = map[string][]byte{}

func check(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func read(name string) []byte {
	if data := known[name]; data != nil {
		return data
	}
	file := files[name]
	if file == nil {
		check(fmt.Errorf("%s is missing", name))
	}
	in, err := file.Open()
	check(err)
	data, err := io.ReadAll(in)
	check(err)
	known[name] = data
	return data
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
	reader, err := zip.OpenReader(os.Args[1])
	check(err)
	var groups []string
	for _, file := range reader.File {
		if files[file.Name] != nil {
			check(fmt.Errorf("%s is there twice", file.Name))
		}
		files[file.Name] = file
		if strings.HasPrefix(file.Name, "tile/entries/") {
			groups = append(groups, file.Name)
		}
	}

	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	opened, err := note.Open(read("checkpoint"), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		check(fmt.Errorf("not a checkpoint of %s", verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	hashes := tlog.TileHashReader(tree, tiles{})

	sort.Strings(groups)
	records := 0
	for _, name := range groups {
		number := strings.NewReplacer("x", "", "/", "").Replace(strings.Split(strings.TrimPrefix(name, "tile/entries/"), ".p/")[0])
		index, err := strconv.ParseInt(number, 10, 64)
		check(err)
		n := 256 * index
		for data := read(name); len(data) > 0; n++ {
			length := int(binary.BigEndian.Uint16(data)) + 2
			if length > len(data) {
				check(fmt.Errorf("%s is cut off", name))
			}
			// Each by its whole path: the reader of tiles alone, in version 0.7.0, looks at fewer tiles above than it should.
			proof, err := tlog.ProveRecord(tree.N, n, hashes)
			check(err)
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(data[2:length]))
			if err != nil {
				check(fmt.Errorf("record %d: %v", n, err))
			}
			data = data[length:]
			records++
		}
	}
	fmt.Println("verified", records, "of", size)
}
