package wire

import (
	"encoding/binary"
	"io"
	"time"
)

// linkType is what the frames of an interface begin with; see the list of LINKTYPE_ values
// at tcpdump.org.
type linkType uint16

const (
	linkEthernet linkType = 1
	linkIP       linkType = 101 // nothing before the IP header
)

// Blocks and options of pcapng; see draft-ietf-opsawg-pcapng, sections 3 and 4.
const (
	blockSection    = 0x0a0d0d0a
	blockInterface  = 1
	blockStatistics = 5
	blockPacket     = 6

	optionEndOfOptions = 0
	optionComment      = 1
	optionSectionApp   = 4 // shb_userappl
	optionName         = 2 // if_name
	optionResolution   = 9 // if_tsresol
	optionReceived     = 4 // isb_ifrecv
	optionDropped      = 5 // isb_ifdrop

	byteOrderMagic = 0x1a2b3c4d
	commentMost    = 4 << 10
)

// A PcapWriter writes frames as a pcapng file that tcpdump, tshark and their like read.
// Times are in nanoseconds. What it has written is complete after each [PcapWriter.Flush];
// the first error of the writer below is kept and given from then on.
type PcapWriter struct {
	to         io.Writer
	buf        []byte
	interfaces uint32
	err        error
}

// NewPcapWriter begins a section.
func NewPcapWriter(to io.Writer) *PcapWriter {
	w := &PcapWriter{to: to}
	start := w.begin(blockSection)
	w.put32(byteOrderMagic)
	w.put16(1) // version 1.0
	w.put16(0)
	w.put64(^uint64(0)) // the section's length is not told
	w.option(optionSectionApp, "socksh")
	w.end(start, true)
	return w
}

// Interface adds an interface, and returns its number for [PcapWriter.Frame].
func (w *PcapWriter) Interface(name string, link linkType) int {
	start := w.begin(blockInterface)
	w.put16(uint16(link))
	w.put16(0)
	w.put32(0) // frames have any length
	w.option(optionName, name)
	w.option(optionResolution, "\x09")
	w.end(start, true)
	w.interfaces++
	return int(w.interfaces - 1)
}

// Frame adds a frame that passed at that time, which was length bytes long on the wire. The
// comment may be "".
func (w *PcapWriter) Frame(on int, at time.Time, frame []byte, length int, comment string) {
	start := w.begin(blockPacket)
	w.put32(uint32(on))
	w.putTime(at)
	w.put32(uint32(len(frame)))
	w.put32(uint32(max(length, len(frame))))
	w.padded(frame)
	if comment != "" {
		w.option(optionComment, comment[:min(len(comment), commentMost)])
	}
	w.end(start, comment != "")
}

// Statistics tells how many frames of an interface were received, and how many of them
// were lost.
func (w *PcapWriter) Statistics(on int, at time.Time, received, dropped uint64) {
	start := w.begin(blockStatistics)
	w.put32(uint32(on))
	w.putTime(at)
	w.option(optionReceived, string(binary.NativeEndian.AppendUint64(nil, received)))
	w.option(optionDropped, string(binary.NativeEndian.AppendUint64(nil, dropped)))
	w.end(start, true)
}

// Flush writes out what was added.
func (w *PcapWriter) Flush() error {
	if w.err == nil && len(w.buf) > 0 {
		_, w.err = w.to.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.err
}

// begin opens a block, whose length is put in by end.
func (w *PcapWriter) begin(kind uint32) (start int) {
	start = len(w.buf)
	w.put32(kind)
	w.put32(0)
	return start
}

func (w *PcapWriter) end(start int, options bool) {
	if options {
		w.put32(optionEndOfOptions)
	}
	size := uint32(len(w.buf) - start + 4)
	w.put32(size)
	binary.NativeEndian.PutUint32(w.buf[start+4:], size)
}

func (w *PcapWriter) option(code uint16, value string) {
	w.put16(code)
	w.put16(uint16(len(value)))
	w.padded([]byte(value))
}

func (w *PcapWriter) put16(v uint16) { w.buf = binary.NativeEndian.AppendUint16(w.buf, v) }
func (w *PcapWriter) put32(v uint32) { w.buf = binary.NativeEndian.AppendUint32(w.buf, v) }
func (w *PcapWriter) put64(v uint64) { w.buf = binary.NativeEndian.AppendUint64(w.buf, v) }

func (w *PcapWriter) putTime(t time.Time) {
	ns := uint64(t.UnixNano())
	w.put32(uint32(ns >> 32))
	w.put32(uint32(ns))
}

// padded puts in data, and zeros up to a multiple of 4.
func (w *PcapWriter) padded(data []byte) {
	w.buf = append(w.buf, data...)
	w.buf = append(w.buf, "\x00\x00\x00"[:-len(data)&3]...)
}
