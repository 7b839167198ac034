// Package hours reads from files when a team works: calendars in TOML or JSON,
// and holidays in iCalendar (RFC 5545). What it reads is a
// [postroom/desk/calendar.Spec]; what that means is not decided here.
package hours

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"postroom/desk/calendar"
)

// MaxFile is how many bytes a file may have. A calendar of a page has two
// thousand, the holidays of a country for ten years a hundred thousand.
const MaxFile = 4 << 20

// File is what stands in a file. Holidays in iCalendar files are among those of
// the Spec already.
type File struct {
	calendar.Spec
	// Name is what the file calls the calendar; empty where it does not.
	Name string
	// LeftOut counts the events of the iCalendar files that are no holidays,
	// because they have a time of day or were cancelled.
	LeftOut int
}

// form is how a file is written.
type form struct {
	Name           string                 `json:"name" toml:"name"`
	Timezone       string                 `json:"timezone" toml:"timezone"`
	Hours          map[string][][2]string `json:"hours" toml:"hours"`
	Holidays       []date                 `json:"holidays" toml:"holidays"`
	HolidaysYearly []string               `json:"holidays_yearly" toml:"holidays_yearly"`
	ICS            []string               `json:"ics" toml:"ics"`
}

// date is a day, which TOML can write as one or as a text.
type date string

// UnmarshalTOML takes either.
func (d *date) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		*d = date(v)
	case time.Time:
		*d = date(v.Format(time.DateOnly))
	default:
		return fmt.Errorf("a holiday is a date like 2026-12-24, not %v", v)
	}
	return nil
}

// Read reads a calendar, and the iCalendar files it names, which lie beside it
// unless they say where. A file whose name ends in .toml is TOML, in .json JSON;
// of others the first character decides.
func Read(path string) (File, error) {
	data, err := content(path)
	if err != nil {
		return File{}, err
	}
	f, files, err := Parse(path, data)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	for _, ics := range files {
		if !filepath.IsAbs(ics) {
			ics = filepath.Join(filepath.Dir(path), ics)
		}
		h, err := ReadHolidays(ics)
		if err != nil {
			return File{}, err
		}
		f.Holidays = append(f.Holidays, h.Dates...)
		f.LeftOut += h.LeftOut
	}
	return f, nil
}

// Parse reads a calendar, and says which iCalendar files it names.
func Parse(path string, data []byte) (f File, ics []string, err error) {
	var in form
	isJSON := bytes.HasPrefix(bytes.TrimSpace(data), []byte("{"))
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json":
		isJSON = true
	case ".toml":
		isJSON = false
	}
	if isJSON {
		err = parseJSON(data, &in)
	} else {
		err = parseTOML(data, &in)
	}
	f = File{Name: in.Name, Spec: calendar.Spec{Timezone: in.Timezone, Hours: in.Hours, HolidaysYearly: in.HolidaysYearly}}
	for _, d := range in.Holidays {
		f.Holidays = append(f.Holidays, string(d))
	}
	return f, in.ICS, err
}

func parseJSON(data []byte, in *form) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return fmt.Errorf("is no calendar in JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("has something behind the calendar")
	}
	return nil
}

func parseTOML(data []byte, in *form) error {
	meta, err := toml.Decode(string(data), in)
	if err != nil {
		return fmt.Errorf("is no calendar in TOML: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("a calendar has no %q; it has timezone, hours, holidays, holidays_yearly and ics", unknown[0].String())
	}
	return nil
}

// content reads a file of a size that is believed.
func content(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = fmt.Errorf("%s has more than %d MB", path, MaxFile>>20)
	}
	return data, err
}
