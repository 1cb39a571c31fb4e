// Package words holds the sentences and labels that people read about entries, changes, plans
// and records. It turns facts of the packages below into English, and knows nothing of HTTP
// and pages.
package words
