// Package words holds the sentences and labels that people read about entries. It turns
// what the product knows into English, and imports registry and what that judges texts with.
package words
