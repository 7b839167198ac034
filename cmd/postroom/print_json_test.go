package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// emptyTexts are the fields of JSON documents that hold an empty text though
// nobody has written one, by their paths.
func emptyTexts(documents string) ([]string, error) {
	var found []string
	d := json.NewDecoder(strings.NewReader(documents))
	for {
		var v any
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return found, err
		}
		lookForEmpty(v, "", "", &found)
	}
}

func lookForEmpty(v any, path, key string, found *[]string) {
	switch v := v.(type) {
	case string:
		if v == "" && key != "" && !slices.Contains(written(), key) {
			*found = append(*found, path)
		}
	case []any:
		for _, one := range v {
			lookForEmpty(one, path+"[]", "", found)
		}
	case map[string]any:
		for k, one := range v {
			lookForEmpty(one, path+"."+k, k, found)
		}
	}
}

// holdsToForm looks at what a command has said with --json: documents on
// standard output, and in them null for what has no value.
func holdsToForm(t *testing.T, args []string, out, errs string) {
	t.Helper()
	if args[0] == "completion" || args[0] == "help" || args[0] == "__complete" {
		return // these are no documents
	}
	found, err := emptyTexts(out)
	if err != nil {
		t.Errorf("postroom %s: standard output is no JSON: %v\n%s", strings.Join(args, " "), err, out)
	}
	if strings.HasPrefix(errs, "{") {
		line, _, _ := strings.Cut(errs, "\n")
		more, err := emptyTexts(line)
		if err != nil {
			t.Errorf("postroom %s: its error is no JSON: %v\n%s", strings.Join(args, " "), err, errs)
		}
		found = append(found, more...)
	}
	if len(found) > 0 {
		t.Errorf("postroom %s: what has no value is an empty text: %v\n%s", strings.Join(args, " "), found, out)
	}
}

// TestNoValueIsNull holds the encoder to the rule by which the walk over all
// commands judges it; a value that only looks empty is left as it is.
func TestNoValueIsNull(t *testing.T) {
	form := map[string]any{
		"cause": "", "subject": "", "list": []string{"", `":""`}, "": "",
		"inner": map[string]string{"held": "", "quote": `"held":"" and "held": ""`, "back": `\`, "colon": `":`, "body_text": ""},
	}
	for _, indented := range []bool{false, true} {
		b, err := (&printer{}).encode(form, indented)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := emptyTexts(string(b)); err != nil || len(found) > 0 {
			t.Errorf("empty are %v, %v:\n%s", found, err, b)
		}
		var got map[string]any
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		inner, _ := got["inner"].(map[string]any)
		const want = `<nil> "" ["" "\":\"\""] <nil> "\"held\":\"\" and \"held\": \"\"" "\\" "\":" ""`
		told := fmt.Sprintf("%v %q %q %v %q %q %q %q", got["cause"], got["subject"], got["list"], inner["held"], inner["quote"], inner["back"], inner["colon"], inner["body_text"])
		if told != want {
			t.Errorf("reads as %s, not %s", told, want)
		}
	}
	plain, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := emptyTexts(string(bytes.TrimSpace(plain))); err != nil || len(found) == 0 {
		t.Errorf("the walk finds nothing in a document that was left as it is: %v", err)
	}
}
