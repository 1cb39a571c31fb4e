package templates

import "strings"

// browserName names the browser and system that a User-Agent claims. It only helps
// people to recognise their sessions.
func browserName(agent string) string {
	// Browsers claim the names of others, too: the order decides.
	browser := firstNamed(agent, []named{
		{"Edg/", "Edge"},
		{"OPR/", "Opera"},
		{"Firefox/", "Firefox"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
		{"Go-http-client/", "a Go program"},
	})
	system := firstNamed(agent, []named{
		{"Windows", "Windows"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"},
		{"Linux", "Linux"},
	})
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "" || system != "":
		return browser + system
	case agent != "":
		return agent
	}
	return "Not given"
}

type named struct{ claims, name string }

func firstNamed(agent string, list []named) string {
	for _, n := range list {
		if strings.Contains(agent, n.claims) {
			return n.name
		}
	}
	return ""
}
