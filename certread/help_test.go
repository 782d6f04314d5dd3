// Small makers for the tests of this package.

package certread_test

import (
	"fmt"
)

func field(word string, number int) string { return fmt.Sprintf("%s %d", word, number) }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
