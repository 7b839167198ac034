package store

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"postroom/desk"
)

// chunkSize is how much mail one row of chunks holds: big values are cheap to
// write and dear to rewrite, and no reader should need all of a huge mail.
const chunkSize = 1 << 20

// packer compresses mail, several at the same time.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// newPacker compresses at the fastest level: most of mail is base64, of which
// the next level takes another 3 % off for twice the time.
func newPacker() *packer {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic("store: the options of the encoder are wrong: " + err.Error())
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic("store: the options of the decoder are wrong: " + err.Error())
	}
	return &packer{enc, dec}
}

func (p *packer) close() {
	_ = p.enc.Close()
	p.dec.Close()
}

// Pack implements [desk.Store].
func (s *Store) Pack(raw []byte) desk.Packed {
	p := desk.Packed{SHA256: sha256.Sum256(raw), Size: int64(len(raw))}
	for len(raw) > 0 {
		n := min(len(raw), chunkSize)
		// Base64 shrinks to three quarters and a bit.
		p.Chunks = append(p.Chunks, s.pack.enc.EncodeAll(raw[:n], make([]byte, 0, n*4/5+64)))
		raw = raw[n:]
	}
	return p
}

// unpack puts a mail together again and holds it to its hash.
func (p *packer) unpack(chunks [][]byte, size int64, sum []byte) ([]byte, error) {
	var raw []byte
	var err error
	if len(chunks) > 0 {
		raw = make([]byte, 0, min(size, int64(len(chunks))*chunkSize))
	}
	for i, c := range chunks {
		if raw, err = p.dec.DecodeAll(c, raw); err != nil {
			return nil, fmt.Errorf("piece %d: %w", i, err)
		}
	}
	got := sha256.Sum256(raw)
	if int64(len(raw)) != size || subtle.ConstantTimeCompare(got[:], sum) == 0 {
		return nil, errors.New("it is not what was stored")
	}
	return raw, nil
}
