// The one place where the document's texts become harmless.

package document

import "reflect"

// Clean passes every text of the document through escape, ids and addresses
// among them. It is done once over the whole, so that no builder can forget it.
func Clean(d *Document, escape func(string) string) { clean(reflect.ValueOf(d), escape) }

func clean(v reflect.Value, escape func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(escape(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			clean(v.Elem(), escape)
		}
	case reflect.Slice:
		for i := range v.Len() {
			clean(v.Index(i), escape)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				clean(v.Field(i), escape)
			}
		}
	}
}
