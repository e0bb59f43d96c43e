package stdlib

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// checksums give numbers, but for sha256. With the result for what came before
// as start they go on from there.
func checksums() []Function {
	return []Function{
		function("crc32(data [, start])", "the CRC-32 of Ethernet, zip and PNG", func(c call) int {
			data, sum := c.data(1), uint32(c.startFrom(math.MaxUint32))
			pieces(c.L, data, func(part []byte) { sum = crc32.Update(sum, crc32.IEEETable, part) })
			return c.give(lua.LNumber(sum))
		}).detailed("start is the checksum of what comes before."),
		function("adler32(data)", "the Adler-32 of zlib", func(c call) int {
			data, sum := c.data(1), adler32.New()
			pieces(c.L, data, func(part []byte) { sum.Write(part) })
			return c.give(lua.LNumber(sum.Sum32()))
		}),
		function("inet_checksum(data [, start])", "the checksum of IP, UDP and TCP (RFC 1071)", func(c call) int {
			data, start := c.data(1), c.startFrom(math.MaxUint16)
			sum := uint64(0)
			if c.given(2) {
				sum = math.MaxUint16 - start // it was turned over when it was given
			}
			pieces(c.L, data, func(part []byte) { sum += sumWords(part) })
			return c.give(lua.LNumber(math.MaxUint16 - fold(sum)))
		}).detailed("start is the checksum of what comes before, which has an even length."),
		function("sha256(data)", "the SHA-256, 32 bytes; tohex shows them", func(c call) int {
			data, sum := c.data(1), sha256.New()
			pieces(c.L, data, func(part []byte) { sum.Write(part) })
			return c.text(sum.Sum(nil))
		}),
	}
}

// startFrom returns the optional argument 2, a checksum of at most top.
func (c call) startFrom(top uint64) uint64 {
	if !c.given(2) {
		return 0
	}
	i := c.whole(2)
	if i.bits > top {
		c.bad(2, "%s is not within 0 to %d", i, top)
	}
	return i.bits
}

// sumWords adds big-endian words of 16 bits; an odd byte at the end counts as
// the upper half of one. Carries collect above: of one piece they have room.
func sumWords(data []byte) uint64 {
	sum := uint64(0)
	for ; len(data) >= 16; data = data[16:] {
		a, b := binary.BigEndian.Uint64(data), binary.BigEndian.Uint64(data[8:])
		sum += a>>32 + a&math.MaxUint32 + b>>32 + b&math.MaxUint32
	}
	for ; len(data) >= 2; data = data[2:] {
		sum += uint64(binary.BigEndian.Uint16(data))
	}
	if len(data) == 1 {
		sum += uint64(data[0]) << 8
	}
	return sum
}

// fold adds the carries until 16 bits are left.
func fold(sum uint64) uint64 {
	for sum > math.MaxUint16 {
		sum = sum>>16 + sum&math.MaxUint16
	}
	return sum
}
