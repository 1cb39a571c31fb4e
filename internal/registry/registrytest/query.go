package registrytest

import (
	"fmt"
	"reflect"
	"time"

	"namesake/internal/registry"
)

// FullQuery returns a query in which no member is zero, however many it gets, but for those
// that are looked up later.
func FullQuery() registry.Query {
	var q registry.Query
	for member, value := range reflect.ValueOf(&q).Elem().Fields() {
		if member.Tag.Get("json") == "-" {
			continue
		}
		value.Set(reflect.ValueOf(filled(member)).Convert(member.Type))
	}
	return q
}

func filled(member reflect.StructField) any {
	switch {
	case member.Type == reflect.TypeFor[time.Time]():
		return time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC)
	case member.Type == reflect.TypeFor[*bool]():
		return new(true)
	case member.Type.Kind() == reflect.Bool:
		return true
	case member.Type.Kind() == reflect.Int:
		return 3
	case member.Type.Kind() == reflect.String:
		return "some " + member.Name
	}
	panic(fmt.Sprintf("%s has a type that FullQuery can't fill yet", member.Name))
}
