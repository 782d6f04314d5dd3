// A password is known again, a wrong one is not, and a broken hash is neither.

package password_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"middlebrick/edge/web/password"
)

const sentence = "correct horse battery staple ü"

func hashed(t *testing.T) string {
	t.Helper()
	stored, err := password.Hash(sentence, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestRightPasswordIsKnownAgainAndWrongOnesAreNot(t *testing.T) {
	stored := hashed(t)
	if right, old, err := password.Check(stored, sentence); !right || old || err != nil {
		t.Errorf("the right one: %v %v %v", right, old, err)
	}
	for _, wrong := range []string{"", sentence + " ", strings.ToUpper(sentence), strings.Repeat("x", password.Most+1)} {
		if right, _, err := password.Check(stored, wrong); right || err != nil {
			t.Errorf("%q: %v %v", wrong, right, err)
		}
	}
}

func TestTwoHashesOfOnePasswordDiffer(t *testing.T) {
	if one, other := hashed(t), hashed(t); one == other {
		t.Error("the salt is the same")
	}
}

// One of the hashes in the tests of the reference implementation (phc-winner-argon2).
const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func TestHashOfTheReferenceImplementationIsRead(t *testing.T) {
	if right, _, err := password.Check(reference, "password"); !right || err != nil {
		t.Errorf("%v %v", right, err)
	}
}

func TestCheaperHashIsCalledOld(t *testing.T) {
	const cheap = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if right, old, err := password.Check(cheap, "password"); !right || !old || err != nil {
		t.Errorf("%v %v %v", right, old, err)
	}
}

func TestBrokenHashIsAnErrorAndNoPassword(t *testing.T) {
	stored := hashed(t)
	for _, broken := range []string{
		"", "x", "$argon2id$", strings.Replace(stored, "argon2id", "argon2i", 1), strings.Replace(stored, "v=19", "v=16", 1),
		strings.Replace(stored, "m=19456", "m=4294967295", 1), strings.Replace(stored, "t=2", "t=4000000", 1), strings.Replace(stored, "p=1", "p=0", 1), stored + "!", stored + "$x",
	} {
		if right, _, err := password.Check(broken, sentence); right || !errors.Is(err, password.ErrForm) {
			t.Errorf("%q: %v %v", broken, right, err)
		}
	}
}

func TestNewPasswordHasALength(t *testing.T) {
	for text, want := range map[string]error{"fourteen chars": password.ErrShort, "äöüäöüäöüäöüäöü": nil, strings.Repeat("x", password.Most+1): password.ErrLong} {
		if _, err := password.Hash(text, rand.Reader); !errors.Is(err, want) {
			t.Errorf("%q: %v, not %v", text, err, want)
		}
	}
}

func TestWithoutChanceThereIsNoHash(t *testing.T) {
	if stored, err := password.Hash(sentence, strings.NewReader("short")); err == nil {
		t.Error("hashed with " + stored)
	}
}
