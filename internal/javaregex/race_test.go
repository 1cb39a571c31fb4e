//go:build race

package javaregex

func init() {
	slower *= 10
	findingTime *= 10
}
