package templates

import "strings"

// browserName names the browser and system that a User-Agent claims, in a person's
// words. It is for people who look for a session that they know, nothing more.
func browserName(agent string) string {
	// Most names are claimed by others, too: the first that is found tells.
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
