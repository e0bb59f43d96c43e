// Package wire tells which segments pass: it captures frames, reads them, and writes
// them into files.
package wire
